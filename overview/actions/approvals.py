"""待我审批: agreeing to or refusing what waits, by the act of the app that it belongs to. Every app's act asks again
whether the thing still waits and whether this person is a party; of two who decide at once one is told so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from complaints.actions import compensation, refunds
from core.errors import Refused
from halls.actions import faults, incidents
from inspections.actions import improvement, months
from loyalty.actions import privacy
from overview.actions import support, tasks
from overview.queries.asks import find, may_decide
from overview.rules.approvals import WORDS_LENGTH
from overview.states import AskKind
from staff.actions import handover_signing, handovers, leaves, money, month_sheets, shift_changes, stock
from staff.models import User


@dataclass(frozen=True)
class Answer:
    agree: bool
    words: str
    actor: User
    now: datetime


def decide(kind: str, pk: int, answer: Answer) -> str:
    """Do it and return what was done, in words.

    Raises LookupError for what this person does not see, PermissionDenied without the right, and Refused: elsewhere (it
    is decided on its own page), needs_reason, and whatever the app's act says (decided already, one's own, …).
    """
    found = find(answer.actor, kind, pk)
    if found is None:
        raise LookupError(kind, pk)
    source, row = found
    if not may_decide(source, row, answer.actor):
        raise PermissionDenied(f"没有处理{source.kind.label}的权限。如工作需要,请联系店长开通。")
    buttons = source.buttons
    if not (buttons.agree if answer.agree else buttons.refuse):
        raise Refused("elsewhere", "这项请打开详情处理。")
    if not answer.words and (not answer.agree or buttons.agree_needs_words) and kind != AskKind.COLLEAGUE:
        raise Refused("needs_reason", "请填写意见,对方会看到。")
    DECIDE[kind](row, answer)
    return f"已{buttons.agree if answer.agree else buttons.refuse}:{source.kind.label}。"


def clean(words: str) -> str:
    return " ".join(words.replace("\x00", " ").split())[:WORDS_LENGTH]


def _consent(row: Any, by: Answer) -> None:
    handover_signing.consent(row.pk, by.words, manager=by.actor, now=by.now)


def _count(row: Any, by: Answer) -> None:
    handovers.confirm(row.pk, manager=by.actor, now=by.now)


def _difference(row: Any, by: Answer) -> None:
    money.confirm(row.pk, manager=by.actor, now=by.now)


def _slip(row: Any, by: Answer) -> None:
    if by.agree:
        money.receive(row.pk, receiver=by.actor, now=by.now)
    else:
        money.send_back(row.pk, by.words, receiver=by.actor, now=by.now)


def _transfer(row: Any, by: Answer) -> None:
    stock.accept(row.pk, actor=by.actor, now=by.now)


def _refund(row: Any, by: Answer) -> None:
    refunds.decide_refund(row.pk, by.agree, by.words, person=by.actor, now=by.now)


def _offer(row: Any, by: Answer) -> None:
    compensation.decide(row.pk, by.agree, by.words, person=by.actor, now=by.now)


def _proof(row: Any, by: Answer) -> None:
    refunds.verify(row.pk, by.agree, by.words, person=by.actor, now=by.now)


def _colleague(row: Any, by: Answer) -> None:
    shift_changes.answer_change(row.pk, accept=by.agree, actor=by.actor, now=by.now)


def _change(row: Any, by: Answer) -> None:
    shift_changes.decide_change(row.pk, sign=by.agree, actor=by.actor, answer=by.words, now=by.now)


def _leave(row: Any, by: Answer) -> None:
    leaves.decide_leave(row.pk, grant=by.agree, actor=by.actor, answer=by.words, now=by.now)


def _supply(row: Any, by: Answer) -> None:
    incidents.answer_supplies(row, row.quantity if by.agree else 0, by.words, actor=by.actor, now=by.now)


def _recheck(row: Any, by: Answer) -> None:
    improvement.recheck(row, passed=by.agree, note=by.words, actor=by.actor, now=by.now)


def _bonus(row: Any, by: Answer) -> None:
    months.decide(row, approved=by.agree, answer=by.words, actor=by.actor, now=by.now)


def _letter(row: Any, by: Answer) -> None:
    privacy.confirm_disclosure(row.pk, actor=by.actor, now=by.now)


def _sheet(row: Any, by: Answer) -> None:
    month_sheets.sign(row.pk, actor=by.actor, now=by.now)


def _task(row: Any, by: Answer) -> None:
    tasks.judge(row, accepted=by.agree, why=by.words, actor=by.actor, now=by.now)


def _solved(row: Any, by: Answer) -> None:
    support.confirm_done(row, actor=by.actor, now=by.now)


def _fault(row: Any, by: Answer) -> None:
    act = faults.accept_repair if by.agree else faults.reject_repair
    act(row.pk, faults.Work(note=by.words), actor=by.actor, now=by.now)


DECIDE: dict[str, Callable[[Any, Answer], None]] = {
    AskKind.CONSENT: _consent,
    AskKind.COUNT: _count,
    AskKind.DIFFERENCE: _difference,
    AskKind.SLIP: _slip,
    AskKind.TRANSFER: _transfer,
    AskKind.REFUND: _refund,
    AskKind.OFFER: _offer,
    AskKind.PROOF: _proof,
    AskKind.COLLEAGUE: _colleague,
    AskKind.CHANGE: _change,
    AskKind.LEAVE: _leave,
    AskKind.SUPPLY: _supply,
    AskKind.RECHECK: _recheck,
    AskKind.BONUS: _bonus,
    AskKind.LETTER: _letter,
    AskKind.SHEET: _sheet,
    AskKind.TASK: _task,
    AskKind.SOLVED: _solved,
    AskKind.FAULT: _fault,
}
