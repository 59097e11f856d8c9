"""Pure decisions about money: notes and amounts, the drawer (R-S-9), differences, the three ways (R-S-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.parameters import register

DRAWER_LIMIT = register("money.drawer_limit", "抽屉零钞上限", default=500, unit="元", between=(0, 100_000))
HAS_SAFE = register("money.has_safe", "有投币保险柜 (1 有 0 无)", default=1, unit="", between=(0, 1))

DENOMINATIONS = ("100", "50", "20", "10", "5", "1", "0.5", "0.1")
HUNDRED = "100"
FEN = Decimal("0.01")
NONE = Decimal("0.00")
MOST = Decimal("99999999.99")
MOST_NOTES = 100_000


def money(text: object) -> Decimal | None:
    """An amount as people or files write it, in yuan to the fen; None when it is no amount."""
    try:
        value = Decimal(str(text).strip().replace(",", "").replace("¥", ""))
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > MOST or value != value.quantize(FEN):
        return None
    return value.quantize(FEN)


def notes(given: Mapping[str, object]) -> dict[str, int] | None:
    """Numbers of notes and coins by denomination; None when one is no whole number from 0 up, or no denomination."""
    found: dict[str, int] = {}
    for name, count in given.items():
        text = str(count).strip() or "0"
        if name not in DENOMINATIONS or not (text.isascii() and text.isdigit()) or int(text) > MOST_NOTES:
            return None
        if int(text):
            found[name] = int(text)
    return found


def amount(counted: Mapping[str, int]) -> Decimal:
    return sum((Decimal(name) * count for name, count in counted.items()), NONE).quantize(FEN)


def small_cash(counted: Mapping[str, int]) -> Decimal:
    """What is in the drawer below 100-yuan notes."""
    return amount({name: count for name, count in counted.items() if name != HUNDRED})


def drawer_excess(small: Decimal, limit: Decimal) -> Decimal:
    """R-S-9: by how much the smaller cash is above the limit, which itself is allowed."""
    return max(small - limit, NONE)


def hundreds_out_of_place(hundreds: int, *, has_safe: bool) -> int:
    """R-S-9: 100-yuan notes that belong into the drop safe; where there is none the drawer may hold them."""
    return hundreds if has_safe else 0


def drawer_sentence(small: Decimal, hundreds: int, *, limit: Decimal, has_safe: bool) -> str:
    """What to tell somebody about a drawer; empty when it is in order."""
    if drawer_excess(small, limit):
        return f"抽屉零钞 {small} 元,超过 {limit} 元,请投入保险柜。"
    if out := hundreds_out_of_place(hundreds, has_safe=has_safe):
        return f"抽屉里有 {out} 张百元钞,请立即投入保险柜。"
    return ""


def difference_words(amount: Decimal) -> str:
    """长款 (too much) or 短款 (too little)."""
    return f"{'长款' if amount > 0 else '短款'} {abs(amount)} 元"


@dataclass(frozen=True)
class ThreeWays:
    """R-S-10: what the system says was taken, what was counted by way of paying, what the receipt stubs add up to."""

    system: Decimal
    cash: Decimal
    pos: Decimal
    scan: Decimal
    cheque: Decimal
    stubs: Decimal

    @property
    def counted(self) -> Decimal:
        return self.cash + self.pos + self.scan + self.cheque

    @property
    def difference(self) -> Decimal:
        return self.counted - self.system

    @property
    def stub_difference(self) -> Decimal:
        return self.stubs - self.system

    @property
    def agree(self) -> bool:
        return self.system == self.counted == self.stubs

    @property
    def sentence(self) -> str:
        if self.agree:
            return "账、款、票据相符,可以提交。"
        if self.difference:
            return f"{difference_words(self.difference)},请填写原因并请店长确认。"
        return f"票据存根与系统相差 {abs(self.stub_difference)} 元,请填写原因并请店长确认。"
