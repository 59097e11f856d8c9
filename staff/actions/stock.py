"""Moves of the stock ledger (R-S-11). Each locks the balances it touches, in order, and only ever adds lines."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.errors import Refused
from halls.models import Hall
from staff.models import SerialRange, StockBalance, StockEntry, StockItem, StockTransfer, User
from staff.queries.stock import Place
from staff.rules import stock as rules
from staff.rules.stock import Serials
from staff.states import SerialState, StockMove


@dataclass(frozen=True)
class Batch:
    """What is moved: so many of an item, and for things with numbers which."""

    item: StockItem
    quantity: int
    serials: Serials | None = None
    reason: str = ""


@dataclass(frozen=True)
class By:
    """Who books, when; against whom, in which transfer."""

    actor: User
    now: datetime
    other: str = ""
    transfer: StockTransfer | None = None


def batch(item: StockItem, quantity: int, *, first: str = "", last: str = "", reason: str = "") -> Batch:
    """Check what was typed. The last number may be left out: it follows from the quantity.

    Raises Refused: bad_quantity, serials_needed, bad_serials, no_serials.
    """
    if not 0 < quantity <= rules.MOST:
        raise Refused("bad_quantity", f"数量应为 1–{rules.MOST} 的整数。")
    if not item.has_serials:
        if first or last:
            raise Refused("no_serials", f"{item.name}不记起止号,请只填数量。")
        return Batch(item, quantity, None, reason)
    if not first:
        raise Refused("serials_needed", f"{item.name}须填写起号。")
    found = rules.serials(first, last)
    if found is not None and not last:
        found = Serials(found.prefix, found.width, found.first, found.first + quantity - 1)
    if found is None or len(str(found.last)) > found.width:
        raise Refused("bad_serials", "起号和止号对不上,请核对字母、位数和大小。")
    if found.count != quantity:
        raise Refused("bad_serials", f"起止号共 {found.count} {item.unit},与数量 {quantity} 不一致。")
    return Batch(item, quantity, found, reason)


@transaction.atomic
def receive(place: Place, what: Batch, *, actor: User, now: datetime) -> StockEntry:
    """入库. Raises Refused("serial_used") when a number is known already, sold or not."""
    _lock(what.item, place)
    if what.serials:
        _create(place, what.item, what.serials, SerialState.HELD)
    return _book(place, what, StockMove.IN, By(actor, now))


@transaction.atomic
def hand_out(place: Place, what: Batch, *, actor: User, now: datetime) -> StockEntry:
    """出库: back to the company, broken, used up. Raises Refused: no_reason, below_zero, not_here."""
    _reason(what)
    return _leave(place, what, StockMove.OUT, By(actor, now))


@transaction.atomic
def sell(place: Place, what: Batch, *, actor: User, now: datetime) -> StockEntry:
    """售出. Raises Refused: below_zero, not_here."""
    return _leave(place, what, StockMove.SOLD, By(actor, now))


@transaction.atomic
def take_back(place: Place, what: Batch, *, actor: User, now: datetime) -> StockEntry:
    """退回: a customer returns what was sold. Raises Refused: no_reason, not_sold."""
    _reason(what)
    _lock(what.item, place)
    if what.serials:
        _relabel(what, SerialState.SOLD, None, SerialState.HELD, place)
    return _book(place, what, StockMove.RETURNED, By(actor, now))


@transaction.atomic
def move(here: Place, there: Place, what: Batch, *, actor: User, now: datetime) -> StockEntry:
    """Between the store and the windows of one hall: out here and in there at the same moment.

    Raises Refused: same_place, other_hall, below_zero, not_here.
    """
    if here.hall.pk != there.hall.pk:
        raise Refused("other_hall", "厅与厅之间请用厅间调拨。")
    if here.window == there.window:
        raise Refused("same_place", "调出和调入是同一处,请重新选择。")
    _lock(what.item, here, there)
    if what.serials:
        _relabel(what, SerialState.HELD, here, SerialState.HELD, there)
    _book(here, what, StockMove.SENT, By(actor, now, other=there.label))
    return _book(there, what, StockMove.RECEIVED, By(actor, now, other=here.label))


@transaction.atomic
def send(here: Hall, there: Hall, what: Batch, *, actor: User, now: datetime) -> StockTransfer:
    """调拨 to another hall: out of this store now, into the other when it is taken in there.

    Raises Refused: same_place, below_zero, not_here.
    """
    if here.pk == there.pk:
        raise Refused("same_place", "调出和调入是同一营业厅,请重新选择。")
    place = Place(here)
    _lock(what.item, place)
    if what.serials:
        _relabel(what, SerialState.HELD, place, SerialState.TRANSIT, place)
    transfer = StockTransfer.objects.create(
        item=what.item,
        quantity=what.quantity,
        from_hall=here,
        to_hall=there,
        serial_first=what.serials.first_text if what.serials else "",
        serial_last=what.serials.last_text if what.serials else "",
        sent_by=actor,
        sent_at=now,
    )
    _book(place, what, StockMove.SENT, By(actor, now, other=there.name, transfer=transfer))
    return transfer


def accept(transfer_id: int, *, actor: User, now: datetime) -> StockTransfer:
    """The other hall has counted it and takes it in. Raises Refused("transfer_over")."""
    return _arrive(transfer_id, came_back=False, actor=actor, now=now)


def send_back(transfer_id: int, *, actor: User, now: datetime) -> StockTransfer:
    """It did not arrive or was wrong: everything is on the sender's book again. Raises Refused("transfer_over")."""
    return _arrive(transfer_id, came_back=True, actor=actor, now=now)


@transaction.atomic
def _arrive(transfer_id: int, *, came_back: bool, actor: User, now: datetime) -> StockTransfer:
    rows = StockTransfer.objects.select_for_update(of=("self",)).select_related("item", "from_hall", "to_hall")
    transfer = rows.get(pk=transfer_id)
    if transfer.received_at is not None:
        raise Refused("transfer_over", "这笔调拨已经处理过。")
    here, other = (transfer.from_hall, transfer.to_hall) if came_back else (transfer.to_hall, transfer.from_hall)
    span = rules.serials(transfer.serial_first, transfer.serial_last) if transfer.serial_first else None
    what = Batch(transfer.item, transfer.quantity, span, "调拨退回" if came_back else "")
    _lock(what.item, Place(here))
    if what.serials:
        _relabel(what, SerialState.TRANSIT, Place(transfer.from_hall), SerialState.HELD, Place(here))
    transfer.received_by, transfer.received_at, transfer.came_back = actor, now, came_back
    transfer.save(update_fields=["received_by", "received_at", "came_back"])
    _book(Place(here), what, StockMove.RECEIVED, By(actor, now, other=other.name, transfer=transfer))
    return transfer


@transaction.atomic
def take_stock(place: Place, counted: int, what: Batch, *, actor: User, now: datetime) -> StockEntry:
    """盘点: the book follows the count. `what` names the item, the reason, and the numbers that are missing or found.

    Raises Refused: below_zero, no_reason, serials_needed, not_here, serial_used.
    """
    if not 0 <= counted <= rules.MOST:
        raise Refused("below_zero", "实点数不能小于 0。")
    balance = _lock(what.item, place)[0]
    found = counted - balance.quantity
    if found:
        _reason(what)
    if found and what.item.has_serials:
        if what.serials is None or what.serials.count != abs(found):
            raise Refused("serials_needed", f"盘点相差 {abs(found)} {what.item.unit},请填写这些号码的起止号。")
        if found < 0:
            _relabel(what, SerialState.HELD, place, SerialState.GONE, place)
        else:
            _appear(place, what.item, what.serials)
    return _book(
        place, Batch(what.item, found, what.serials if found else None, what.reason), StockMove.COUNTED, By(actor, now)
    )


def _appear(place: Place, item: StockItem, span: Serials) -> None:
    """Numbers that turn up: unknown ones are new, those booked out are back."""
    gone = _overlapping(item, span).filter(state__in=[SerialState.GONE, SerialState.SOLD])
    if gone.exists():
        for state in (SerialState.GONE, SerialState.SOLD):
            if _covered(list(gone.filter(state=state)), span):
                _relabel(Batch(item, span.count, span), state, None, SerialState.HELD, place)
                return
    _create(place, item, span, SerialState.HELD)


def _leave(place: Place, what: Batch, how: str, by: By) -> StockEntry:
    _lock(what.item, place)
    if what.serials:
        after = SerialState.SOLD if how == StockMove.SOLD else SerialState.GONE
        _relabel(what, SerialState.HELD, place, after, place)
    return _book(place, what, how, by)


def _reason(what: Batch) -> None:
    if not what.reason.strip():
        raise Refused("no_reason", "请填写原因。")


def _lock(item: StockItem, *here: Place) -> list[StockBalance]:
    """The balances of some places, held until commit in one order for everybody."""
    for place in sorted(here, key=lambda one: one.window.pk if one.window else 0):
        StockBalance.objects.get_or_create(item=item, hall=place.hall, window=place.window)
    keys = [StockBalance.objects.get(item=item, hall=place.hall, window=place.window).pk for place in here]
    locked = {row.pk: row for row in StockBalance.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    return [locked[key] for key in keys]


def _book(place: Place, what: Batch, how: str, by: By) -> StockEntry:
    """The only writer of the ledger. The balance is locked by then. Raises Refused("below_zero")."""
    balance = StockBalance.objects.get(item=what.item, hall=place.hall, window=place.window)
    balance.quantity += rules.signed(how, what.quantity)
    if balance.quantity < 0:
        left = balance.quantity + what.quantity
        raise Refused(
            "below_zero", f"{place.label}账面只有 {left} {what.item.unit}{what.item.name},不够 {what.quantity}。"
        )
    balance.save(update_fields=["quantity"])
    return StockEntry.objects.create(
        item=what.item,
        hall=place.hall,
        window=place.window,
        move=how,
        quantity=rules.signed(how, what.quantity),
        after=balance.quantity,
        serial_first=what.serials.first_text if what.serials else "",
        serial_last=what.serials.last_text if what.serials else "",
        reason=what.reason.strip()[:100],
        other=by.other,
        transfer=by.transfer,
        actor=by.actor,
        at=by.now,
    )


def _create(place: Place, item: StockItem, span: Serials, state: str) -> None:
    try:
        with transaction.atomic():
            SerialRange.objects.create(
                item=item,
                hall=place.hall,
                window=place.window,
                state=state,
                prefix=span.prefix,
                width=span.width,
                first=span.first,
                last=span.last,
            )
    except IntegrityError as error:
        taken = _overlapping(item, span).first()
        known = f"{taken.serials.first_text}–{taken.serials.last_text}" if taken else "同一号段"
        raise Refused("serial_used", f"起止号与已登记的 {known} 重叠,请核对。") from error


def _overlapping(item: StockItem, span: Serials) -> QuerySet[SerialRange]:
    rows = SerialRange.objects.filter(item=item, prefix=span.prefix, width=span.width)
    return rows.filter(first__lte=span.last, last__gte=span.first).order_by("first")


def _covered(rows: list[SerialRange], span: Serials) -> bool:
    inside = sum(min(row.last, span.last) - max(row.first, span.first) + 1 for row in rows)
    return inside == span.count


def _relabel(what: Batch, was: str, place: Place | None, state: str, there: Place) -> None:
    """Give some numbers another state or place, splitting the ranges they are part of.

    Raises Refused("not_here") unless every one of them is as `was`, at `place` if one is given.
    """
    span = what.serials
    if span is None:
        return
    found = _overlapping(what.item, span).filter(state=was)
    if place is not None:
        found = found.filter(hall=place.hall, window=place.window)
    rows = list(found.select_for_update())
    if not _covered(rows, span):
        where = place.label if place else "已售号码"
        raise Refused("not_here", f"{where}没有 {span.first_text}–{span.last_text} 的全部号码,请核对起止号。")
    for row in rows:
        rest = row.serials.without(span)
        old = (row.hall, row.window, row.state)
        row.first, row.last = max(row.first, span.first), min(row.last, span.last)
        row.hall, row.window, row.state = there.hall, there.window, state
        row.save()
        for part in rest:
            SerialRange.objects.create(
                item=what.item,
                hall=old[0],
                window=old[1],
                state=old[2],
                prefix=part.prefix,
                width=part.width,
                first=part.first,
                last=part.last,
            )
