"""Lines of files as BOSS writes them: what each cell must be. Pure, so that a reason can be tested by itself."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import Refused
from core.phones import is_mobile
from core.time import SHANGHAI
from loyalty.rules import months
from loyalty.rules.ownership import Told
from loyalty.states import Brand, CustomerStatus, Star, TellingReason

CUSTOMER_COLUMNS = ("phone", "name", "brand", "star", "vip", "status", "real_name", "personal", "joined_on")
BILL_COLUMNS = ("phone", "month", "amount", "gifted", "redeemed", "third_party", "paid_at")
BALANCE_COLUMNS = ("phone", "points", "usable", "as_of")
AMOUNTS = ("amount", "gifted", "redeemed", "third_party")
MOST_YUAN = 10_000_000
YES = {"1", "true", "t", "yes", "y", "是"}
NO = {"0", "false", "f", "no", "n", "否"}
STARS = {**{str(star.value): star for star in Star}, **{star.label: star for star in Star}, "五星": Star.FIVE_SILVER}
BRANDS = {**{brand.value: brand for brand in Brand}, **{brand.label: brand for brand in Brand}}
STATUSES = {
    **{status.value: status for status in CustomerStatus},
    **{status.label: status for status in CustomerStatus},
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NAME_LENGTH = 40


class Unreadable(Exception):
    """A line that is refused, with the reason."""

    def __init__(self, reason: TellingReason) -> None:
        super().__init__(reason)
        self.reason = reason


def header_problem(names: Sequence[str], wanted: Sequence[str]) -> str:
    """What is wrong with a file's first line, in words; empty when all is there."""
    missing = [name for name in wanted if name not in names]
    if missing:
        return f"首行缺少列 {','.join(missing)},应为 {','.join(wanted)}"
    return "首行有重复的列名" if len(set(names)) < len(names) else ""


def customer(cells: Mapping[str, str]) -> Told:
    """One customer line. Raises Unreadable."""
    name = cells["name"].strip()
    if len(name) > NAME_LENGTH:
        raise Unreadable(TellingReason.BAD_NAME)
    return Told(
        phone=_phone(cells["phone"]),
        name=name,
        brand=_word(cells["brand"], BRANDS, TellingReason.BAD_BRAND),
        star=_word(cells["star"], STARS, TellingReason.BAD_STAR),
        is_vip=_flag(cells["vip"]),
        status=_word(cells["status"], STATUSES, TellingReason.BAD_STATUS),
        is_real_name=_flag(cells["real_name"]),
        is_personal=_flag(cells["personal"]),
        joined_on=_day(cells["joined_on"]),
        plan_from=_day(cells["plan_from"]) if cells.get("plan_from", "").strip() else None,
    )


def bill_problem(cells: Mapping[str, str], *, is_whole: bool = True) -> TellingReason | None:
    """What keeps a bill line from being read; whether it fits the customers is asked of the database.

    `is_whole` False: the file ends in this line without a line end, so an empty last cell may be a cut one.
    """
    if not is_mobile(cells["phone"].strip()):
        return TellingReason.BAD_PHONE
    try:
        months.parse(cells["month"].strip())
    except Refused:
        return TellingReason.BAD_MONTH
    for name in AMOUNTS:
        text = cells[name].strip()
        if problem := _amount_problem(text, needed=name == "amount"):
            return problem
    paid_at = cells["paid_at"].strip()
    if not paid_at:
        return None if is_whole else TellingReason.BAD_LINE
    return None if _is_moment(paid_at) else TellingReason.BAD_TIME


def balance(cells: Mapping[str, str]) -> tuple[str, int, int, datetime]:
    """One line of BOSS balances: number, points, usable points, as of; a time without offset is of here."""
    phone, as_of = _phone(cells["phone"]), cells["as_of"].strip()
    numbers = [cells[name].strip() for name in ("points", "usable")]
    if not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in numbers):
        raise Unreadable(TellingReason.BAD_POINTS)
    if not _is_moment(as_of):
        raise Unreadable(TellingReason.BAD_TIME)
    moment = datetime.fromisoformat(as_of)
    return phone, int(numbers[0]), int(numbers[1]), moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _amount_problem(text: str, *, needed: bool) -> TellingReason | None:
    if not text:
        return TellingReason.BAD_AMOUNT if needed else None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return TellingReason.BAD_AMOUNT
    if not value.is_finite() or not text.isascii() or "_" in text:
        return TellingReason.BAD_AMOUNT
    if value < 0:
        return TellingReason.NEGATIVE
    exponent = value.as_tuple().exponent
    is_fine = isinstance(exponent, int) and exponent >= -2 and value <= MOST_YUAN
    return None if is_fine else TellingReason.BAD_AMOUNT


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(DAY.match(text))


def _phone(text: str) -> str:
    text = text.strip()
    if not is_mobile(text):
        raise Unreadable(TellingReason.BAD_PHONE)
    return text


def _word(text: str, known: Mapping[str, Any], reason: TellingReason) -> Any:
    text = text.strip()
    if not text:
        return None
    if text not in known:
        raise Unreadable(reason)
    return known[text]


def _flag(text: str) -> bool | None:
    text = text.strip().lower()
    if not text:
        return None
    if text in YES or text in NO:
        return text in YES
    raise Unreadable(TellingReason.BAD_FLAG)


def _day(text: str) -> date:
    text = text.strip()
    try:
        return date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError as error:
        raise Unreadable(TellingReason.BAD_DATE) from error
