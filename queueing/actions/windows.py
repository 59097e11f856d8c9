"""Windows at work: signing in and out, pausing and coming back."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.errors import Refused
from core.time import business_day
from halls.models import Hall, Window
from messaging.actions import alert
from queueing.actions.alerts import note_handover
from queueing.actions.calls import locked_session
from queueing.live import board_changed, ticket_moved, window_changed
from queueing.models import Ticket, WindowEvent, WindowSession
from queueing.queries import tickets as reads
from queueing.rules.notes import REASON_LENGTH, reason_text
from queueing.rules.windows import MOST_PAUSE_MINUTES
from queueing.states import EndMark, TicketState, WindowDid
from staff.models import User
from staff.queries import certificates, handovers
from staff.queries.people import managers_of
from staff.rules import certificates as certificate_rules
from staff.states import Standing


def _note(session: WindowSession, did: str, *, person: User | None, now: datetime, reason: str = "") -> None:
    hall = session.window.hall
    WindowEvent.objects.create(session=session, hall=hall, did=did, at=now, person=person, reason=reason)
    window_changed(session, hall)


@transaction.atomic
def sign_in(window: Window, *, clerk: User, now: datetime, is_simulated: bool = False) -> WindowSession:
    """Open a window for a clerk; signing in to one's own window again changes nothing.

    Raises Refused: window_closed, window_taken, signed_in_elsewhere, no_certificate, trainee_alone.
    """
    if not window.is_active:
        raise Refused("window_closed", f"{window.label} 已停用,请换一个窗口。")
    there = reads.open_session(window)
    if there is not None and there.clerk_id == clerk.pk:
        return there
    if there is not None:
        raise Refused(
            "window_taken", f"{window.label}由{there.clerk.name}使用中。如需换人,请对方先签出或联系值班经理。"
        )
    elsewhere = reads.session_of(clerk)
    if elsewhere is not None:
        raise Refused("signed_in_elsewhere", f"已在{elsewhere.window.label}签入,请先签出再换窗口。")
    _check_certificate(window.hall, clerk, now)
    session = WindowSession(window=window, clerk=clerk, signed_in_at=now, is_simulated=is_simulated)
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("window_taken", f"{window.label} 刚被签入,请刷新后再试。") from error
    _note(session, WindowDid.SIGNED_IN, person=clerk, now=now)
    return session


def _check_certificate(hall: Hall, clerk: User, now: datetime) -> None:
    """R-S-14: certified, or a trainee while somebody certified is at a window of the hall."""
    day = business_day(now)
    match certificates.standings([clerk.pk], day, hall)[clerk.pk]:
        case Standing.BLOCKED:
            held = certificates.spans([clerk.pk]).get(clerk.pk, [])
            raise Refused("no_certificate", certificate_rules.why_blocked(held, day))
        case Standing.TRAINEE if not certificates.certified(_at_windows(hall), day):
            raise Refused("trainee_alone", certificate_rules.TRAINEE_ALONE)


def _at_windows(hall: Hall) -> list[int]:
    return list(WindowSession.objects.filter(window__hall=hall, signed_out_at=None).values_list("clerk", flat=True))


def _tell_of_trainees_alone(session: WindowSession, now: datetime) -> None:
    """Trainees are not sent away when the last certified colleague leaves; the managers are told to look (R-S-14)."""
    hall, day = session.window.hall, business_day(now)
    left = _at_windows(hall)
    found = certificates.standings(left, day, hall)
    alone = [person for person in left if found[person] == Standing.TRAINEE]
    if not alone or Standing.CERTIFIED in found.values():
        return
    names = "、".join(User.objects.filter(pk__in=alone).values_list("name", flat=True))
    alert(
        managers_of(hall.pk),
        title=f"{hall.name}:见习员 {names} 身边没有持证同事",
        body="请安排持证同事签入窗口,或请见习员先签出。",
        url="/overview/",
        key=f"trainee_alone:{session.pk}",
    )


def _check_nobody_is_stranded(session: WindowSession, act: str) -> None:
    """R-S-12: whoever was sent to this window, or waits aside here, is served or transferred first."""
    current = reads.at_window(session)
    if current is not None:
        raise Refused("window_busy", f"本窗口还有 {current.number} 正在办理,请先办结或暂挂,再{act}。")
    bound = stranded(session).count()
    if bound:
        raise Refused("customers_bound", f"还有 {bound} 位客户指定在本窗口办理,请先办完或转办,再{act}。")


def stranded(session: WindowSession) -> QuerySet[Ticket]:
    """Numbers directed to this window, or held at it."""
    here = Ticket.objects.filter(hall_id=session.window.hall_id)
    directed = here.filter(state=TicketState.WAITING, directed_window_id=session.window_id)
    return directed | here.filter(state=TicketState.HELD, window_id=session.window_id)


@transaction.atomic
def sign_out(window: Window, *, clerk: User, now: datetime, reason: str = "") -> WindowSession:
    """Close the clerk's own window. Raises Refused: not_signed_in, not_yours, window_busy, customers_bound,
    relief_missing (R-S-7: who waits for the relief stays)."""
    session = _own(window, clerk)
    if handovers.waiting_of(clerk) is not None:
        raise Refused("relief_missing", "接班人未到,请留在岗位,或请值班经理同意后离岗。")
    _check_nobody_is_stranded(session, "签出窗口")
    return _close(session, EndMark.NONE, person=clerk, now=now, reason=reason_text(reason)[:REASON_LENGTH])


@transaction.atomic
def sign_out_for(window: Window, *, manager: User, reason: str, now: datetime) -> WindowSession:
    """The duty manager closes a window somebody left open; numbers bound to it go back to the common line."""
    session = locked_session(window)
    current = reads.at_window(session)
    if current is not None:
        raise Refused("window_busy", f"{window.label} 还有 {current.number} 正在办理,请先办结或转办。")
    _set_free(session)
    return _close(session, EndMark.MANAGER, person=manager, now=now, reason=reason)


def _close(session: WindowSession, mark: str, *, person: User | None, now: datetime, reason: str = "") -> WindowSession:
    if mark != EndMark.NIGHT:
        note_handover(session, now=now)
    session.signed_out_at, session.end_mark = now, mark
    session.save(update_fields=["signed_out_at", "end_mark"])
    did = WindowDid.NIGHT_CLOSED if mark == EndMark.NIGHT else WindowDid.SIGNED_OUT
    _note(session, did, person=person, now=now, reason=reason)
    if mark != EndMark.NIGHT:
        _tell_of_trainees_alone(session, now)
    return session


def close_at_night(session: WindowSession, now: datetime) -> WindowSession:
    """A forgotten session ends with a mark; nothing is deleted."""
    _set_free(session)
    return _close(session, EndMark.NIGHT, person=None, now=now)


@transaction.atomic
def pause(window: Window, reason: str, *, clerk: User, now: datetime, minutes: int | None = None) -> WindowSession:
    """Put up 暂停服务 (R-S-12), for a meal with the minutes until the clerk is back.

    Raises Refused: bad_minutes, not_signed_in, not_yours, window_busy, customers_bound.
    """
    session = _own(window, clerk)
    _check_nobody_is_stranded(session, "暂停服务")
    return _paused(session, reason, person=clerk, now=now, minutes=minutes)


@transaction.atomic
def pause_anyway(
    window: Window, reason: str, *, manager: User, now: datetime, minutes: int | None = None
) -> WindowSession:
    """The duty manager's leave to pause; numbers bound to the window go back to the common line."""
    session = locked_session(window)
    _set_free(session)
    return _paused(session, reason, person=manager, now=now, minutes=minutes)


def _paused(session: WindowSession, reason: str, *, person: User, now: datetime, minutes: int | None) -> WindowSession:
    if minutes is not None and not 0 < minutes <= MOST_PAUSE_MINUTES:
        raise Refused("bad_minutes", f"预计回来的时间应在 1–{MOST_PAUSE_MINUTES} 分钟内。")
    if not session.is_paused:
        session.paused_at, session.pause_reason = now, reason
        session.back_at = now + timedelta(minutes=minutes) if minutes else None
        session.save(update_fields=["paused_at", "pause_reason", "back_at"])
        _note(session, WindowDid.PAUSED, person=person, now=now, reason=reason)
    return session


@transaction.atomic
def resume_window(window: Window, *, clerk: User, now: datetime) -> WindowSession:
    """Take the sign down. On a window that is not paused it changes nothing."""
    session = _own(window, clerk)
    if session.is_paused:
        session.paused_at, session.pause_reason, session.back_at = None, "", None
        session.save(update_fields=["paused_at", "pause_reason", "back_at"])
        _note(session, WindowDid.RESUMED, person=clerk, now=now)
    return session


def _own(window: Window, clerk: User) -> WindowSession:
    session = locked_session(window)
    if session.clerk_id != clerk.pk:
        raise Refused("not_yours", f"{window.label}由{session.clerk.name}使用中。如需换人,请对方先签出或联系值班经理。")
    return session


def _set_free(session: WindowSession) -> None:
    """Let go of numbers directed to a window that closes; held ones keep waiting for any window to resume them."""
    directed = Ticket.objects.select_for_update(of=("self",)).select_related("hall")
    for ticket in directed.filter(state=TicketState.WAITING, directed_window_id=session.window_id).order_by("pk"):
        ticket.directed_window = None
        ticket.save(update_fields=["directed_window"])
        ticket_moved(ticket, ticket.hall)
    board_changed(session.window.hall_id)
