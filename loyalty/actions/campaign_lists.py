"""A pasted list of phones becomes points of a campaign; every line that gives nobody points says why."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Refused
from core.phones import clean_phone, masked_phone
from loyalty.actions import campaigns
from loyalty.models import Customer, PromoCampaign
from loyalty.states import CustomerStatus, ListWord

MOST_LINES = 20_000


@dataclass(frozen=True)
class Given:
    """How many got points now; lines that were passed over, by number, phone masked and reason."""

    customers: int
    passed: list[tuple[int, str, ListWord]]


def give(campaign: PromoCampaign, text: str, *, now: datetime) -> Given:
    """`13800000001` or `13800000001,500` a line. Raises Refused: too_many_lines and what `credit` refuses."""
    lines = [line.strip() for line in text.splitlines()]
    wanted = [(at, line) for at, line in enumerate(lines, 1) if line]
    if len(wanted) > MOST_LINES:
        raise Refused("too_many_lines", f"一次最多 {MOST_LINES} 行,请分批发放。")
    passed: list[tuple[int, str, ListWord]] = []
    phones: dict[str, tuple[int, int | None]] = {}
    for at, line in wanted:
        read = _read(line)
        if isinstance(read, ListWord):
            passed.append((at, "", read))
        elif read[0] in phones:
            passed.append((at, masked_phone(read[0]), ListWord.TWICE))
        else:
            phones[read[0]] = (at, read[1])
    present = Customer.objects.filter(phone__in=phones).exclude(status=CustomerStatus.CLOSED)
    found = dict(present.values_list("phone", "pk"))
    passed += [(at, masked_phone(phone), ListWord.UNKNOWN) for phone, (at, _) in phones.items() if phone not in found]
    given = {pk: phones[phone][1] for phone, pk in found.items()}
    count = campaigns.credit(campaign, given, now=now) if given else 0
    return Given(count, sorted(passed))


def _read(line: str) -> tuple[str, int | None] | ListWord:
    phone, _, points = line.replace(",", ",").replace("\t", ",").partition(",")
    try:
        number = clean_phone(phone)
    except Refused:
        return ListWord.BAD_PHONE
    points = points.strip()
    if not points:
        return number, None
    if not (points.isascii() and points.isdigit() and 0 < int(points[:9]) <= campaigns.MOST_POINTS):
        return ListWord.BAD_POINTS
    return number, int(points)
