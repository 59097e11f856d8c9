"""Refunds: asked, agreed by the right rung, sent to billing, paid; a pre-refund in two halves (R-C-10 … 13)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from complaints.actions.journal import Entry, locked, write
from complaints.models import Complaint, Refund, RefundPayment
from complaints.queries import history
from complaints.queries.money import may_agree, numbers_of
from complaints.queries.policies import VERSIONS
from complaints.rules import refunds as rules
from complaints.rules.clocks import end_of_day
from complaints.rules.fold import handling_due
from complaints.rules.texts import SHORT, clean, needed
from complaints.states import Did, Ground, Money, Part, Rung, Status
from core.errors import Refused
from staff.models import User


@dataclass(frozen=True)
class Claim:
    """What should go back, and why. The two last say that R-C-13's conditions hold."""

    item: str
    charged: Decimal
    overcharge: Decimal
    ground: str = Ground.PROMISED
    is_pre: bool = False
    reason: str = ""
    customer_upset: bool = False
    team_contacted: bool = False


@transaction.atomic
def ask_refund(complaint_id: int, claim: Claim, *, person: User, now: datetime) -> Refund:
    """Ask for a refund; the lowest rung that may agree is noted.

    Raises Refused: bad_sum, above_charge, too_early, not_pre, pre_refund_exists, words_needed, bad_move.
    """
    complaint = locked(complaint_id)
    item = needed(claim.item, "收费项目", most=60)
    charged, overcharge = _sums(claim)
    _check_room(complaint, item, charged, overcharge)
    _check_ground(complaint, claim, overcharge, now)
    limits = numbers_of(complaint.hall, now)
    total = rules.total_of(overcharge, claim.ground)
    rung = rules.rung_for(total, duty=limits.duty, hall=limits.hall, team=limits.team)
    refund = Refund(
        complaint=complaint,
        item=item,
        ground=claim.ground,
        charged=charged,
        overcharge=overcharge,
        is_pre=claim.is_pre,
        rung=Rung.TEAM if claim.is_pre else rung,
        reason=clean(claim.reason, "说明", most=SHORT),
        asked_at=now,
        asked_by=person,
    )
    _save(refund)
    data = {
        "refund": refund.pk,
        "item": item,
        "overcharge": str(overcharge),
        "total": str(total),
        "ground": claim.ground,
        "pre": claim.is_pre,
    }
    write(complaint, Entry(Did.REFUND_ASKED, data), person=person, now=now)
    return refund


def _sums(claim: Claim) -> tuple[Decimal, Decimal]:
    charged, overcharge = rules.yuan(claim.charged), rules.yuan(claim.overcharge)
    if not (Decimal(0) < overcharge and charged <= rules.MOST):
        raise Refused("bad_sum", "金额应大于 0,精确到分。")
    if overcharge > charged:
        raise Refused("above_charge", f"多收金额 {overcharge} 元超过实际收费 {charged} 元,请核对。")
    return charged, overcharge


def _check_room(complaint: Complaint, item: str, charged: Decimal, overcharge: Decimal) -> None:
    """Several refunds for one charge never give back more than the charge."""
    same = complaint.refunds.filter(item=item, is_refused=False)
    before = same.aggregate(total=Sum("overcharge"))["total"] or Decimal(0)
    if before + overcharge > charged:
        raise Refused("above_charge", f"「{item}」已申请退 {before} 元,再退会超过实际收费 {charged} 元,请核对。")


def _check_ground(complaint: Complaint, claim: Claim, overcharge: Decimal, now: datetime) -> None:
    if claim.ground not in Ground.values:
        raise Refused("bad_ground", "请选择退费依据。")
    if claim.ground == Ground.UNPROVEN and not _limit_passed(complaint, now):
        raise Refused("too_early", "「时限内未查实」须在处理时限过后才能选择(R-C-12)。")
    if not claim.is_pre:
        return
    small = numbers_of(complaint.hall, now).small
    if claim.ground != Ground.PROMISED or not rules.may_pre_refund(
        overcharge, small=small, is_upset=claim.customer_upset, team_agreed_to_talk=claim.team_contacted
    ):
        raise Refused("not_pre", f"预退只用于双倍返还:金额不超过 {small} 元、客户态度强烈、已与投诉班联系。")
    if complaint.refunds.filter(is_pre=True, is_refused=False).exists():
        raise Refused("pre_refund_exists", "这张投诉单已有一笔预退,不能再次预退。")


def _limit_passed(complaint: Complaint, now: datetime) -> bool:
    """R-C-12: only when the handling limit has passed without a finding."""
    due = handling_due(history.case_of(complaint), VERSIONS)
    return complaint.handling_late or (due is not None and due < now)


def _save(refund: Refund) -> None:
    try:
        with transaction.atomic():
            refund.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("pre_refund_exists", "这张投诉单已有一笔预退,不能再次预退。") from error
    RefundPayment.objects.bulk_create(
        RefundPayment(
            refund=refund,
            part=one.part,
            amount=one.amount,
            state=Money.VERIFYING if one.part == Part.SECOND else Money.ASKED,
        )
        for one in rules.payments(refund.overcharge, refund.ground, is_pre=refund.is_pre)
    )


def _held(refund_id: int) -> tuple[Complaint, Refund]:
    """The case first, then its refund: the order of every lock here."""
    complaint = locked(Refund.objects.values_list("complaint", flat=True).get(pk=refund_id))
    return complaint, Refund.objects.select_for_update().get(pk=refund_id)


def _payment(refund: Refund, part: str, to: Money) -> RefundPayment:
    payment = refund.payments.select_for_update().filter(part=part).first()
    if payment is None or not rules.can_move(payment.state, to):
        word = payment.get_state_display() if payment else "没有这一部分"
        raise Refused("bad_move", f"这笔退费现在是「{word}」,不能这样操作。")
    return payment


@transaction.atomic
def decide_refund(refund_id: int, agree: bool, words: str, *, person: User, now: datetime) -> Refund:
    """Agree to or refuse what was asked. Nobody decides on their own request, or above their rung.

    Raises Refused: own_request, not_your_rung, words_needed, bad_move.
    """
    complaint, refund = _held(refund_id)
    first = Part.PRINCIPAL if refund.is_pre else Part.WHOLE
    payment = _payment(refund, first, Money.AGREED if agree else Money.REFUSED)
    check_decider(refund.rung, refund.asked_by_id, complaint, person)
    said = clean(words, "审批意见", most=SHORT) if agree else needed(words, "驳回原因", most=SHORT)
    payment.state = Money.AGREED if agree else Money.REFUSED
    payment.decided_at, payment.decided_by, payment.decision = now, person, said
    payment.save(update_fields=["state", "decided_at", "decided_by", "decision"])
    if not agree:
        refund.is_refused = True
        refund.save(update_fields=["is_refused"])
        refund.payments.filter(state=Money.VERIFYING).update(state=Money.REFUSED)
    data = {"refund": refund.pk, "agreed": agree, "words": said}
    write(complaint, Entry(Did.REFUND_DECIDED, data), person=person, now=now)
    return refund


def check_decider(rung: str, asked_by: int, complaint: Complaint | None, person: User, *, hall: object = None) -> None:
    """Raises Refused: own_request, not_your_rung."""
    where = hall or (complaint.hall if complaint else None)
    if asked_by == person.pk:
        raise Refused("own_request", "不能审批自己的申请,请由他人审批。")
    if not may_agree(person, rung, where):
        raise Refused("not_your_rung", f"这个金额须由{Rung(rung).label}或以上审批。")


@transaction.atomic
def mark_paid(refund_id: int, part: str, *, person: User | None, now: datetime) -> RefundPayment:
    """The customer has it. The principal of a pre-refund starts the clock of the proof. Paid once, for ever."""
    complaint, refund = _held(refund_id)
    payment = _payment(refund, part, Money.PAID)
    payment.state, payment.paid_at = Money.PAID, now
    payment.save(update_fields=["state", "paid_at"])
    data: dict[str, object] = {"refund": refund.pk, "part": part, "amount": str(payment.amount)}
    if part == Part.PRINCIPAL:
        days = VERSIONS[complaint.policy].verify_days
        refund.verify_due_at = end_of_day(now, days=days)
        refund.save(update_fields=["verify_due_at"])
        data["verify_due"] = refund.verify_due_at.isoformat()
    write(complaint, Entry(Did.REFUND_PAID, data), person=person, now=now)
    return payment


@transaction.atomic
def verify(refund_id: int, confirmed: bool, finding: str, *, person: User, now: datetime) -> Refund:
    """R-C-13: confirmed, the second half is to be paid; not confirmed, the principal stays paid, as goodwill.

    Raises Refused: verified_already, principal_first, not_your_rung, words_needed.
    """
    complaint, refund = _held(refund_id)
    if refund.verified_at is not None:
        raise Refused("verified_already", "这笔预退已经查证过。")
    if not refund.is_pre or refund.verify_due_at is None:
        raise Refused("principal_first", "本金到账后才能查证。")
    if not may_agree(person, Rung.TEAM, complaint.hall):
        raise Refused("not_your_rung", "预退由投诉班查证。")
    said = needed(finding, "查证结论", most=SHORT)
    second = _payment(refund, Part.SECOND, Money.AGREED if confirmed else Money.REFUSED)
    second.state = Money.AGREED if confirmed else Money.REFUSED
    second.decided_at, second.decided_by, second.decision = now, person, said
    second.save(update_fields=["state", "decided_at", "decided_by", "decision"])
    refund.verified_at, refund.verified_by, refund.is_confirmed, refund.finding = now, person, confirmed, said
    refund.save(update_fields=["verified_at", "verified_by", "is_confirmed", "finding"])
    data = {"refund": refund.pk, "confirmed": confirmed, "words": said}
    write(complaint, Entry(Did.REFUND_VERIFIED, data), person=person, now=now)
    return refund


def proposes_unproven(complaint: Complaint, now: datetime) -> bool:
    """R-C-12: the limit has passed and nothing was found out: the product proposes the principal."""
    return complaint.status not in {Status.OWNER, Status.LOGGED} and _limit_passed(complaint, now)
