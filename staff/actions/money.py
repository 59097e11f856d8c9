"""Money of the day: counted, paid in, dropped, packed for the bank; and what the system says was taken."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from core import time
from core.errors import Refused
from halls.models import BusinessType, Hall, Window
from messaging.actions import alert, notify
from staff.models import BankDeposit, CashUp, DailyClosing, Difference, DrawerCheck, SafeDrop, Takings, User
from staff.queries import money as reads
from staff.queries.people import managers_of
from staff.rules import money as rules
from staff.rules.stock import serials
from staff.states import CashUpState, ClosingState, Leg, PayMethod, TakingsSource


@dataclass(frozen=True)
class Figure:
    """One figure of the system: who took how much, in which way, for what."""

    person: User
    method: str
    amount: Decimal
    business: BusinessType | None = None
    pieces: int = 0


@dataclass(frozen=True)
class Source:
    """Where a figure comes from: the BOSS file's name, or the person who typed it."""

    file_name: str = ""
    typist: User | None = None


def not_closed(hall: Hall, day: date) -> None:
    """Raises Refused("day_locked") once the hall's day has been submitted. Holds the hall until commit."""
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    if DailyClosing.objects.filter(hall=hall, day=day, state=ClosingState.SUBMITTED).exists():
        raise Refused("day_locked", f"{day:%m 月 %d 日}的日结已提交并锁定,不能再改账款。")


@transaction.atomic
def note_takings(hall: Hall, day: date, figure: Figure, *, source: Source, now: datetime) -> Takings:
    """系统金额 of one person, by hand. Raises Refused: day_locked, future_day."""
    found = put_takings(hall, day, figure, source=source, now=now)
    _note_differences(hall, day, now)
    return found


@transaction.atomic
def put_takings(hall: Hall, day: date, figure: Figure, *, source: Source, now: datetime) -> Takings:
    """A newer figure replaces the one in force, which stays on record; the same figure again changes nothing.

    Who writes many of a day calls `note_differences` after the last. Raises Refused: day_locked, future_day.
    """
    if day > time.business_day(now):
        raise Refused("future_day", "日期还没有到,请核对。")
    not_closed(hall, day)
    rows = Takings.objects.select_for_update().filter(
        hall=hall, day=day, person=figure.person, method=figure.method, business=figure.business, is_current=True
    )
    before = rows.first()
    if before is not None:
        if (before.amount, before.pieces) == (figure.amount, figure.pieces):
            return before
        before.is_current = False
        before.save(update_fields=["is_current"])
    return Takings.objects.create(
        hall=hall,
        day=day,
        person=figure.person,
        method=figure.method,
        business=figure.business,
        amount=figure.amount,
        pieces=figure.pieces,
        source=TakingsSource.TYPED if source.typist else TakingsSource.BOSS,
        entered_by=source.typist,
        entered_at=now,
        file_name=source.file_name[:120],
    )


@dataclass(frozen=True)
class Tally:
    """轧账: what lies there, by way of paying, and what the receipt stubs add up to."""

    notes: dict[str, int] = field(default_factory=dict)
    pos: Decimal = rules.NONE
    scan: Decimal = rules.NONE
    cheque: Decimal = rules.NONE
    cheques: int = 0
    stubs: Decimal = rules.NONE
    first: str = ""
    last: str = ""
    voided: int = 0


@transaction.atomic
def cash_up(hall: Hall, window: Window | None, tally: Tally, *, clerk: User, now: datetime) -> CashUp:
    """轧账并缴款: the slip that is printed and goes to the hall with the money; drops of the day are on it.

    Raises Refused: day_locked, nothing_counted, below_zero, bad_serials.
    """
    day = time.business_day(now)
    not_closed(hall, day)
    if min(tally.pos, tally.scan, tally.cheque, tally.stubs) < 0:
        raise Refused("below_zero", "金额不能小于 0。")
    if tally.first and serials(tally.first, tally.last) is None:
        raise Refused("bad_serials", "票据起号和止号对不上,请核对。")
    dropped = reads.dropped(hall, clerk, day)
    slip = CashUp(
        number=_slip_number(hall, day),
        hall=hall,
        window=window,
        day=day,
        clerk=clerk,
        notes=tally.notes,
        dropped=dropped,
        cash=rules.amount(tally.notes) + dropped,
        pos=tally.pos,
        scan=tally.scan,
        cheque=tally.cheque,
        cheques=tally.cheques,
        stubs=tally.stubs,
        receipt_first=tally.first.strip().upper()[:30],
        receipt_last=tally.last.strip().upper()[:30],
        voided=tally.voided,
        counted_at=now,
    )
    if not slip.total and not slip.stubs:
        raise Refused("nothing_counted", "还没有填写任何款项,请先清点。")
    slip.save()
    _note_differences(hall, day, now)
    return slip


def _slip_number(hall: Hall, day: date) -> str:
    """Serial of the day within the hall, which is held by then."""
    return f"{hall.code}-{day:%Y%m%d}-{CashUp.objects.filter(hall=hall, day=day).count() + 1:03d}"


def _locked_slip(slip_id: int) -> CashUp:
    slip = CashUp.objects.select_for_update(of=("self",)).select_related("hall", "clerk").get(pk=slip_id)
    if slip.state != CashUpState.COUNTED:
        raise Refused("bad_move", f"缴款单{slip.get_state_display()},不能再处理。")
    return slip


@transaction.atomic
def receive(slip_id: int, *, receiver: User, now: datetime) -> CashUp:
    """Another person has counted the money and signs for it. Raises Refused: same_person, bad_move."""
    slip = _locked_slip(slip_id)
    if receiver.pk == slip.clerk_id:
        raise Refused("same_person", "缴款人不能签收自己的缴款,请另一人签收。")
    slip.state, slip.received_by, slip.received_at = CashUpState.RECEIVED, receiver, now
    slip.save(update_fields=["state", "received_by", "received_at"])
    return slip


@transaction.atomic
def send_back(slip_id: int, why: str, *, receiver: User, now: datetime) -> CashUp:
    """The money is not what the slip says: the clerk counts again. Raises Refused: no_reason, bad_move."""
    slip = _locked_slip(slip_id)
    if not why.strip():
        raise Refused("no_reason", "请填写退回原因。")
    slip.state, slip.returned_why = CashUpState.RETURNED, why.strip()[:100]
    slip.save(update_fields=["state", "returned_why"])
    notify(
        [slip.clerk],
        title=f"缴款单 {slip.number} 已退回",
        body=f"{receiver.name}:{slip.returned_why}",
        url=f"/money/{slip.hall.code}/",
        key=f"slip-back:{slip.pk}",
    )
    _note_differences(slip.hall, slip.day, now)
    return slip


@transaction.atomic
def drop(window: Window, notes: dict[str, int], envelope: str, *, clerk: User, now: datetime) -> SafeDrop:
    """投入保险柜 (R-S-9): recorded at once; it settles a drawer that was found too full when enough went.

    Raises Refused: nothing_counted, day_locked.
    """
    day = time.business_day(now)
    not_closed(window.hall, day)
    amount = rules.amount(notes)
    if not amount:
        raise Refused("nothing_counted", "请填写投入的张数。")
    made = SafeDrop.objects.create(
        hall=window.hall,
        window=window,
        clerk=clerk,
        day=day,
        notes=notes,
        amount=amount,
        envelope=envelope.strip()[:20],
        at=now,
    )
    check = reads.open_check(window, day)
    if check is not None:
        _settle(check, window, now)
    return made


def _settle(check: DrawerCheck, window: Window, now: datetime) -> None:
    """What was found less what went since; the drawer is in order when the rule has nothing to say any more."""
    small, hundreds = check.small, check.hundreds
    for one in SafeDrop.objects.filter(window=window, day=check.day, at__gte=check.at):
        small -= rules.small_cash(one.notes)
        hundreds -= one.notes.get(rules.HUNDRED, 0)
    if not reads.drawer_rule(window.hall, now).sentence(max(small, rules.NONE), max(hundreds, 0)):
        check.settled_at = now
        check.save(update_fields=["settled_at"])


@transaction.atomic
def check_drawer(window: Window, small: Decimal, hundreds: int, *, checker: User, now: datetime) -> DrawerCheck:
    """A look into a drawer (R-S-9); the sentence is empty when it is in order. Raises Refused("below_zero")."""
    if small < 0 or hundreds < 0:
        raise Refused("below_zero", "金额和张数不能小于 0。")
    day = time.business_day(now)
    DrawerCheck.objects.filter(window=window, day=day, settled_at=None).update(settled_at=now)
    return DrawerCheck.objects.create(
        hall=window.hall,
        window=window,
        day=day,
        small=small,
        hundreds=hundreds,
        sentence=reads.drawer_rule(window.hall, now).sentence(small, hundreds),
        checked_by=checker,
        at=now,
    )


@dataclass(frozen=True)
class Bag:
    number: str
    cash: Decimal
    cheque: Decimal = rules.NONE


@transaction.atomic
def pack(hall: Hall, bag: Bag, *, packer: User, witness: User, now: datetime) -> BankDeposit:
    """解款封包 by two persons. Raises Refused: same_person, no_bag, bag_used, nothing_counted, below_zero, too_much."""
    if packer.pk == witness.pk:
        raise Refused("same_person", "封包人和复核人不能是同一人。")
    if not bag.number.strip():
        raise Refused("no_bag", "请填写封包号。")
    if bag.cash < 0 or bag.cheque < 0:
        raise Refused("below_zero", "金额不能小于 0。")
    if not bag.cash and not bag.cheque:
        raise Refused("nothing_counted", "请填写解款金额。")
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    for method, asked in ((PayMethod.CASH, bag.cash), (PayMethod.CHEQUE, bag.cheque)):
        there = reads.in_safe(hall, method)
        if asked > there:
            raise Refused("too_much", f"保险柜{method.label}账面只有 {there} 元,不够 {asked} 元。")
    try:
        with transaction.atomic():
            return BankDeposit.objects.create(
                hall=hall,
                day=time.business_day(now),
                bag=bag.number.strip().upper()[:24],
                cash=bag.cash,
                cheque=bag.cheque,
                packed_by=packer,
                witness=witness,
                packed_at=now,
            )
    except IntegrityError as error:
        raise Refused("bag_used", f"封包号 {bag.number} 已经用过,请核对。") from error


@transaction.atomic
def hand_to_bank(deposit_id: int, carrier: str, *, actor: User, now: datetime) -> BankDeposit:
    """The bag leaves the hall. Raises Refused: no_carrier, bad_move."""
    deposit = BankDeposit.objects.select_for_update().get(pk=deposit_id)
    if not carrier.strip():
        raise Refused("no_carrier", "请填写押运或收款人。")
    if deposit.collected_at is not None:
        raise Refused("bad_move", "这个封包已经交出。")
    deposit.carrier, deposit.collected_at, deposit.collected_from = carrier.strip()[:40], now, actor
    deposit.save(update_fields=["carrier", "collected_at", "collected_from"])
    return deposit


@transaction.atomic
def note_differences(hall: Hall, day: date, now: datetime) -> int:
    """Bring the 长短款 ledger up to date and return how many rows were new."""
    not_closed(hall, day)
    return _note_differences(hall, day, now)


def _note_differences(hall: Hall, day: date, now: datetime) -> int:
    """Only between what was counted and what the system has said: while one side is silent nothing differs yet.

    A row nobody has explained follows the figures; an explained one stays, and what changes later is a new row.
    """
    explained, open_rows = reads.noted(hall, day)
    fresh = []
    for one in reads.clerk_days(hall, day):
        for leg in Leg:
            differs = one.differs_by(leg) if one.slips and one.system else rules.NONE
            left = differs - explained.get((one.clerk.pk, leg.value), rules.NONE)
            row = open_rows.pop((one.clerk.pk, leg.value), None)
            if row is None and left:
                fresh.append(Difference(hall=hall, day=day, clerk=one.clerk, leg=leg, amount=left, found_at=now))
            elif row is not None and row.amount != left:
                _follow(row, left)
    for row in open_rows.values():
        row.delete()
    Difference.objects.bulk_create(fresh)
    return len(fresh)


def _follow(row: Difference, amount: Decimal) -> None:
    if amount:
        row.amount = amount
        row.save(update_fields=["amount"])
    else:
        row.delete()


@transaction.atomic
def explain(difference_id: int, reason: str, *, actor: User, now: datetime) -> Difference:
    """Why it differs: by the clerk or a manager. The managers are asked. Raises Refused: no_reason, bad_move."""
    row = _locked_difference(difference_id)
    if not reason.strip():
        raise Refused("no_reason", "请填写原因。")
    row.reason, row.explained_by, row.explained_at = reason.strip()[:100], actor, now
    row.save(update_fields=["reason", "explained_by", "explained_at"])
    alert(
        [one for one in managers_of(row.hall_id) if one.may("money.confirm", row.hall) and one.pk != row.clerk_id],
        title=f"{row.words}待店长确认",
        body=f"{row.clerk.name} {row.day:%m-%d} {row.get_leg_display()}:{row.reason}",
        url=f"/money/{row.hall.code}/differences/",
        key=f"difference:{row.pk}",
    )
    return row


@transaction.atomic
def confirm(difference_id: int, *, manager: User, now: datetime) -> Difference:
    """The hall's manager stands for it. Raises Refused: own_difference, no_reason, bad_move."""
    row = _locked_difference(difference_id)
    if row.clerk_id == manager.pk:
        raise Refused("own_difference", "不能确认自己的长短款,请区县主管确认。")
    if row.explained_at is None:
        raise Refused("no_reason", "请先填写原因,再确认。")
    row.confirmed_by, row.confirmed_at = manager, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    return row


def _locked_difference(difference_id: int) -> Difference:
    row = Difference.objects.select_for_update(of=("self",)).select_related("hall", "clerk").get(pk=difference_id)
    if row.confirmed_at is not None:
        raise Refused("bad_move", "这笔长短款已经确认,不能再改。")
    return row
