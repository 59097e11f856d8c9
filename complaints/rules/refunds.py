"""Money that goes back, to the fen (R-C-10 … 14)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from complaints.states import Ground, Money, Part, Rung
from core.parameters import register

FEN = Decimal("0.01")
MOST = Decimal("999999.99")
DUTY_YUAN = register("complaints.duty_yuan", "值班经理可同意的退费与补偿", default=50, unit="元", between=(0, 10000))
HALL_YUAN = register("complaints.hall_yuan", "店长可同意的退费与补偿", default=200, unit="元", between=(0, 100000))
TEAM_YUAN = register("complaints.team_yuan", "投诉班可同意的退费与补偿", default=1000, unit="元", between=(0, 1000000))
SMALL_YUAN = register("complaints.pre_refund_yuan", "预退最多(金额不大)", default=50, unit="元", between=(1, 1000))
FREE_YUAN = register(
    "complaints.compensation_yuan", "补偿超过多少须店长写明理由", default=100, unit="元", between=(0, 10000)
)
LOSS_TIMES = register(
    "complaints.compensation_times", "补偿超过损失几倍须店长写明理由", default=3, unit="倍", between=(1, 20)
)


@dataclass(frozen=True)
class Payment:
    part: str
    amount: Decimal


def yuan(amount: Decimal) -> Decimal:
    """Two places, half up: what is typed with more is no money."""
    return amount.quantize(FEN, ROUND_HALF_UP)


def total_of(overcharge: Decimal, ground: str) -> Decimal:
    """R-C-10, R-C-11: twice the overcharge in all for a promised refund, else the principal."""
    return overcharge * 2 if ground == Ground.PROMISED else overcharge


def payments(overcharge: Decimal, ground: str, *, is_pre: bool) -> tuple[Payment, ...]:
    """How it is paid. A pre-refund has two halves, of which the second waits for the proof (R-C-13)."""
    if is_pre:
        return Payment(Part.PRINCIPAL, overcharge), Payment(Part.SECOND, overcharge)
    return (Payment(Part.WHOLE, total_of(overcharge, ground)),)


def may_pre_refund(overcharge: Decimal, *, small: int, is_upset: bool, team_agreed_to_talk: bool) -> bool:
    """R-C-13: small, the customer upset, and the complaint team was asked."""
    return overcharge <= small and is_upset and team_agreed_to_talk


def rung_for(amount: Decimal, *, duty: int, hall: int, team: int) -> Rung:
    """The lowest rung that may agree to a sum; each limit is inclusive."""
    for limit, rung in ((duty, Rung.DUTY), (hall, Rung.HALL), (team, Rung.TEAM)):
        if amount <= limit:
            return rung
    return Rung.CITY


def at_least(rung: Rung, floor: Rung) -> Rung:
    order = list(Rung)
    return max(rung, floor, key=order.index)


def rungs_from(rung: str) -> list[Rung]:
    """Who may agree: this rung and every higher one."""
    order = list(Rung)
    return order[order.index(Rung(rung)) :]


def needs_reason(amount: Decimal, loss: Decimal, *, free: int, times: int) -> bool:
    """R-C-14: compensation above 100 yuan or three times the loss is a manager's decision with a reason."""
    return amount > free or amount > loss * times


MOVES: dict[str, tuple[str, ...]] = {
    Money.ASKED: (Money.AGREED, Money.REFUSED),
    Money.AGREED: (Money.SENT, Money.PAID),
    Money.SENT: (Money.PAID, Money.AGREED),
    Money.VERIFYING: (Money.AGREED, Money.REFUSED),
}


def can_move(state: str, to: str) -> bool:
    """A payment goes forward only; what billing sent back is agreed again."""
    return to in MOVES.get(state, ())
