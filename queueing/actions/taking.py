"""Taking numbers: at the kiosk, by a greeter, at a window, by another system, or as one more in the line."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from core import sql
from core.errors import Refused
from core.phones import clean_phone
from halls.models import BusinessType, Hall
from loyalty.models import Customer
from loyalty.states import Brand, CustomerStatus
from queueing.actions import arrivals
from queueing.actions.corporate import tell_manager
from queueing.actions.moves import Actor
from queueing.actions.tickets import cancel
from queueing.live import ticket_moved
from queueing.models import Ticket, TicketEvent
from queueing.queries import board, moving
from queueing.queries import issuing as stops
from queueing.queries import layout as layouts
from queueing.queries import tickets as reads
from queueing.queries.layout import GroupFacts, Layout
from queueing.rules import appointments as booking
from queueing.rules import issuing
from queueing.rules import numbers as rules
from queueing.states import Did, Lane, Source, Stopped, TicketState


@dataclass(frozen=True)
class Wish:
    """What somebody wants a number for. `business` is the code of a business or of a group.

    `slot_at` is the half hour that was promised, `owed` the head start of somebody whom an outage sent away: neither
    a full hall nor a stopped group takes that back.
    """

    business: str
    source: str
    phone: str = ""
    lane: str = Lane.NORMAL
    is_simulated: bool = False
    slot_at: datetime | None = None
    owed: timedelta | None = None

    @property
    def is_promised(self) -> bool:
        return self.slot_at is not None or self.owed is not None


@transaction.atomic
def take_number(hall: Hall, wish: Wish, *, actor: Actor, now: datetime) -> Ticket:
    """Give the next number of its class.

    Raises Refused: hall_closed, hall_full, not_served_here, system_down, group_stopped, group_full, bad_phone,
    phone_has_number.
    """
    layout = layouts.of(hall.pk, now)
    group, business = _asked_for(layout, wish, now)
    phone = clean_phone(wish.phone) if wish.phone else ""
    customer = customer_of(phone)
    letter = letter_of(group, customer)
    own_start = timedelta(minutes=moving.head_start_minutes(layout, letter, wish.lane))
    start = max(own_start, wish.owed or own_start)
    ticket = Ticket(
        hall=layout.hall,
        business_day=layout.day,
        letter=letter,
        number=next_number(hall.pk, layout.day, letter),
        group_id=group.id,
        business=business,
        lane=wish.lane,
        phone=phone,
        customer=customer,
        star=customer.star if customer else None,
        source=wish.source,
        is_simulated=wish.is_simulated,
        is_estimated=hall.is_line,
        taken_at=now,
        moved_at=now,
        call_order_at=_order(layout, wish.slot_at, now - start),
    )
    _promise(ticket, now)
    taken = TicketEvent(ticket=ticket, hall=ticket.hall, did=Did.TAKEN, at=now, after=ticket.state)
    taken.person, taken.device = actor.person, actor.device
    _insert(ticket, taken, *arrivals.declared(ticket, taken.person_id))
    tell_manager(ticket, layout.hall)
    ticket_moved(ticket, ticket.hall)
    return ticket


def _asked_for(layout: Layout, wish: Wish, now: datetime) -> tuple[GroupFacts, BusinessType | None]:
    """The group and business that may be taken at this moment; what was promised before asks only for an open hall."""
    if wish.is_promised:
        _check_open(layout, now)
        return find_business(layout, wish.business)
    _check_issuing(layout, now)
    group, business = find_business(layout, wish.business)
    check_outage(layout, group, business)
    check_group(group, layout.day)
    return group, business


def _promise(ticket: Ticket, now: datetime) -> None:
    """Keep what the customer is told with the number, so that its error is known (R-Q-9)."""
    ticket.ahead_when_taken, wait = reads.ahead_and_wait(ticket, now)
    if wait is not None:
        ticket.promised_seconds, ticket.promised_high_seconds = wait.low_seconds, wait.high_seconds


def _order(layout: Layout, slot_at: datetime | None, walk_in: datetime) -> datetime:
    if slot_at is None:
        return walk_in
    return booking.order_at(slot_at, walk_in, head_start_minutes=layout.number(booking.HEAD_START_BOOKED))


def _check_open(layout: Layout, now: datetime) -> None:
    if not layout.hall.is_live:
        raise Refused("hall_closed", "本厅暂未使用叫号。")
    if not layout.is_open(now):
        hours = f"营业时间 {layout.hours.text}。" if layout.hours else "今天不营业。"
        raise Refused("hall_closed", f"现在不在营业时间,{hours}")


def _check_issuing(layout: Layout, now: datetime) -> None:
    hall = layout.hall
    if not hall.is_live:
        raise Refused("hall_closed", "本厅暂未使用叫号。")
    if not layout.is_issuing(now):
        hours = f"营业时间 {layout.hours.text}。" if layout.hours else "今天不营业。"
        raise Refused("hall_closed", f"今日取号已结束,{hours}交费可使用自助机。")
    if hall.waiting_capacity is not None:
        waiting = board.waiting_by_hall([hall.pk]).get(hall.pk, 0)
        if waiting >= hall.waiting_capacity:
            raise Refused("hall_full", "当前等候的客户较多,暂停取号,请稍后再来或咨询引导员。")


def check_group(group: GroupFacts, day: date) -> None:
    """Raises Refused: group_stopped, group_full. An order with a limit is held, so that nobody slips past it."""
    for stop in stops.lock_stop(group.id, day):
        taken = 0 if stop.limit is None else stops.taken_today(group.id, day)
        match issuing.stopped(stop.limit, taken):
            case Stopped.STOPPED:
                raise Refused("group_stopped", f"{group.name}暂停取号({stop.reason}),请咨询引导员。")
            case Stopped.FULL:
                raise Refused("group_full", f"{group.name}今日的号已取完({stop.reason}),请改日再来或咨询引导员。")


def check_outage(layout: Layout, group: GroupFacts, business: BusinessType | None) -> None:
    """R-H-10. Raises Refused: system_down."""
    if layout.outage is not None and layout.is_down(group, business.code if business else None):
        what = business.name if business else group.name
        raise Refused(
            "system_down", f"{layout.outage.label},{what}暂停取号,已取的号码继续有效。恢复后会在大屏和取号机上说明。"
        )


def find_business(layout: Layout, code: str) -> tuple[GroupFacts, BusinessType | None]:
    group, business = layout.group_for(code)
    if group is None or not any(True for _ in layout.windows_for(frozenset({group.id}))):
        raise Refused("not_served_here", "本厅不办理这项业务,请咨询引导员。")
    return group, BusinessType.objects.get(code=business) if business else None


def customer_of(phone: str) -> Customer | None:
    if not phone:
        return None
    return Customer.objects.filter(phone=phone).exclude(status=CustomerStatus.CLOSED).first()


def letter_of(group: GroupFacts, customer: Customer | None) -> str:
    if customer is None:
        return group.letter
    is_gotone = customer.brand == Brand.GOTONE
    return rules.letter_for(group.letter, is_vip=customer.is_vip, star=customer.star, is_gotone=is_gotone)


def next_number(hall_id: int, day: date, letter: str) -> str:
    """The next serial of a letter on a hall's day; the counter row makes two takers wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO queueing_ticketcounter (hall_id, day, letter, last) VALUES (%s, %s, %s, 1)
            ON CONFLICT ON CONSTRAINT one_counter_per_letter_and_day
            DO UPDATE SET last = queueing_ticketcounter.last + 1
            RETURNING last
            """,
            [hall_id, day, letter],
        )
        return rules.number_text(letter, cursor.fetchone()[0])


def _insert(ticket: Ticket, event: TicketEvent, *more: sql.Statement) -> None:
    try:
        sql.send(sql.inserted(ticket), sql.inserted(event), *more)
    except IntegrityError as error:
        if "one_active_ticket_per_phone" in str(error):
            raise Refused("phone_has_number", "这个手机号已有号码在等候,请先办完或取消原号码。") from error
        raise


def add_to_line(hall: Hall, *, actor: Actor, now: datetime, is_simulated: bool = False) -> Ticket:
    """One more person stands in the line of a hall without a machine (R-Q-16); figures from it are estimates."""
    if not hall.is_line:
        raise Refused("not_a_line", "本厅使用排队机,请取号。")
    layout = layouts.of(hall.pk, now)
    served = next((g.code for g in layout.groups.values() if any(layout.windows_for(frozenset({g.id})))), "")
    return take_number(hall, Wish(served, Source.LINE, is_simulated=is_simulated), actor=actor, now=now)


@transaction.atomic
def take_from_line(hall: Hall, *, actor: Actor, now: datetime) -> Ticket:
    """One person left the line unserved: the last who joined. Raises Refused("queue_empty")."""
    last = Ticket.objects.filter(hall=hall, state=TicketState.WAITING, source=Source.LINE).order_by("-taken_at").first()
    if last is None:
        raise Refused("queue_empty", "队伍里已经没有人了。")
    return cancel(last.pk, actor=actor, now=now)
