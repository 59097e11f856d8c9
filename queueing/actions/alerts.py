"""What people do about an alert, and the two alerts that people raise themselves."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from core.errors import Refused
from halls.models import Hall
from halls.queries import number as parameter
from halls.states import Reserved
from messaging import actions as messages
from queueing import live
from queueing.models import Alert, SupportCall, WindowSession
from queueing.queries import alerts as reads
from queueing.queries import floor as floors
from queueing.rules import floor as rules
from queueing.rules.alerts import Breach
from queueing.rules.sentences import sentence
from queueing.states import AlertAnswer, AlertKind, AlertLevel, SnoozeReason
from staff.models import User
from staff.queries import people as staff


def raise_alert(hall: Hall, breach: Breach, now: datetime) -> Alert | None:
    """Open an alert unless it stands already; None then. Red ones reach the duty managers' bells, once.

    The notice is a row of the same transaction: a crash leaves both or neither.
    """
    row = Alert(
        hall=hall,
        kind=breach.kind,
        level=breach.level,
        subject=breach.subject,
        ticket_id=breach.ticket_id,
        window_id=breach.window_id,
        facts=breach.facts,
        opened_at=now,
    )
    with transaction.atomic():
        Alert.objects.bulk_create([row], ignore_conflicts=True)
        fresh = reads.open_alert(hall.pk, breach.key)
        if fresh is None or fresh.opened_at != now:
            return None
        fresh.hall = hall
        if fresh.level == AlertLevel.RED:
            tell_managers(fresh, now)
        live.alert_changed(fresh, hall)
    return fresh


def tell_managers(alert: Alert, now: datetime) -> None:
    """Once per alert, however often its level changes or a sweep is repeated."""
    messages.alert(
        staff.managers_of(alert.hall_id),
        title=f"{alert.hall.name}:{alert.get_kind_display()}",
        body=sentence(alert.kind, alert.level, alert.facts, now),
        url=f"/overview/halls/{alert.hall.code}/",
        key=f"alert:{alert.pk}",
    )


@transaction.atomic
def call_manager(session: WindowSession, now: datetime) -> Alert:
    """The counter's 请值班经理 key; pressed again it changes nothing. How long they take is kept."""
    window = session.window
    facts = {"window": window.label, "clerk": session.clerk.name}
    breach = Breach(AlertKind.MANAGER, AlertLevel.RED, str(window.pk), facts, window_id=window.pk)
    fresh = raise_alert(window.hall, breach, now)
    found = fresh or reads.open_alert(window.hall_id, breach.key)
    if found is None:
        raise Refused("just_answered", "值班经理刚刚到过。如还需要,请再按一次。")
    return found


def note_handover(session: WindowSession, *, now: datetime) -> None:
    """R-Q-13: a window that is left while the hall is at its peak needs somebody else at once."""
    window = session.window
    if floors.is_peak(window.hall_id, now):
        facts = {"window": window.label, "clerk": session.clerk.name}
        breach = Breach(AlertKind.HANDOVER, AlertLevel.YELLOW, str(window.pk), facts, window_id=window.pk)
        raise_alert(window.hall, breach, now)


def locked(alert_id: int) -> Alert:
    """The open alert, held until commit. Raises Alert.DoesNotExist, Refused("alert_over")."""
    alert = Alert.objects.select_for_update(of=("self",)).select_related("hall", "window").get(pk=alert_id)
    if alert.closed_at is not None:
        raise Refused("alert_over", "这条提醒已经结束,不需要再处理。")
    return alert


def _answered(alert: Alert, answer: AlertAnswer, *, actor: User, now: datetime) -> None:
    """The first answer's time and person stay: they are what the answer time is measured by."""
    alert.answer = answer
    if alert.answered_at is None:
        alert.answered_at, alert.answered_by = now, actor
    alert.save(update_fields=["answer", "answered_at", "answered_by", "snoozed_until", "snooze_reason"])
    live.alert_changed(alert, alert.hall)


@transaction.atomic
def handle(alert_id: int, *, actor: User, now: datetime) -> Alert:
    """去处理: somebody goes. The alert stands until its reason is gone. Raises Refused: alert_over, handled_already."""
    alert = locked(alert_id)
    if alert.answer == AlertAnswer.HANDLING:
        by = alert.handled_by.name if alert.handled_by else ""
        raise Refused("handled_already", f"{by}已在处理这条提醒。")
    alert.handled_by, alert.snoozed_until = actor, None
    alert.save(update_fields=["handled_by"])
    _answered(alert, AlertAnswer.HANDLING, actor=actor, now=now)
    return alert


@transaction.atomic
def arrive(alert_id: int, *, actor: User, now: datetime) -> Alert:
    """已到: the manager stands at the window that called. Raises Refused: alert_over, bad_alert."""
    alert = locked(alert_id)
    if alert.kind != AlertKind.MANAGER:
        raise Refused("bad_alert", "这条提醒在情况解除后自动结束。")
    _answered(alert, AlertAnswer.HANDLING, actor=actor, now=now)
    close(alert, now)
    return alert


def close(alert: Alert, now: datetime) -> None:
    """End an alert that is held, and whatever was arranged for its time."""
    alert.closed_at = now
    alert.save(update_fields=["closed_at"])
    if alert.kind == AlertKind.ZONE:
        turned = WindowSession.objects.filter(window__hall=alert.hall_id, signed_out_at=None).exclude(reserved_now="")
        if turned.update(reserved_now=""):
            live.board_changed(alert.hall_id)
    live.alert_changed(alert, alert.hall)


@transaction.atomic
def note(alert_id: int, reason: str, *, actor: User, now: datetime) -> Alert:
    """已知悉: quiet for a quarter of an hour with a reason, then it is back. Raises Refused: alert_over, no_reason."""
    alert = locked(alert_id)
    if reason not in SnoozeReason.values or not reason:
        raise Refused("no_reason", "请选择原因,再点「已知悉」。")
    minutes = parameter(rules.SNOOZE_MINUTES, alert.hall, now)
    alert.snoozed_until, alert.snooze_reason = now + timedelta(minutes=minutes), reason
    _answered(alert, AlertAnswer.NOTED, actor=actor, now=now)
    return alert


@transaction.atomic
def ask_support(alert_id: int, people: Collection[int], *, actor: User, now: datetime) -> Alert:
    """请后台支援: named people of this hall are nudged, each once per alert (R-Q-13).

    Raises Refused: alert_over, nobody_named, not_here.
    """
    alert = locked(alert_id)
    if not people:
        raise Refused("nobody_named", "请选择要请谁来支援。")
    able = {helper.user.pk: helper.user for helper in reads.helpers(alert.hall, now)}
    if not set(people) <= set(able):
        raise Refused("not_here", "所选的人现在不能来支援,请刷新后重新选择。")
    for pk in people:
        call, fresh = SupportCall.objects.get_or_create(
            alert=alert, person_id=pk, defaults={"asked_by": actor, "asked_at": now}
        )
        if fresh:
            messages.alert(
                [able[pk]],
                title=f"{actor.name}请你到前台支援",
                body=f"{alert.hall.name}:{sentence(alert.kind, alert.level, alert.facts, now)}",
                url=f"/support/{call.pk}/",
                key=f"support:{call.pk}",
            )
    alert.snoozed_until = None
    _answered(alert, AlertAnswer.SUPPORT, actor=actor, now=now)
    return alert


@transaction.atomic
def answer(alert_id: int, is_coming: bool, *, actor: User, now: datetime) -> SupportCall:
    """我来 / 来不了, by the person who was asked; the first answer's time is kept, the word may change.

    Raises Refused: alert_over, not_asked.
    """
    alert = locked(alert_id)
    call = SupportCall.objects.select_for_update().filter(alert=alert, person=actor).first()
    if call is None:
        raise Refused("not_asked", "这条提醒没有请你支援。")
    call.is_coming, call.answered_at = is_coming, call.answered_at or now
    call.save(update_fields=["is_coming", "answered_at"])
    live.alert_changed(alert, alert.hall)
    return call


@transaction.atomic
def turn_window(alert_id: int, window_id: int, *, actor: User, now: datetime) -> Alert:
    """开 N 号为全球通专席 (R-Q-15): an ordinary open window takes 全球通 first until the alert ends.

    Raises Refused: alert_over, bad_alert, not_ordinary, last_ordinary.
    """
    alert = locked(alert_id)
    if alert.kind != AlertKind.ZONE:
        raise Refused("bad_alert", "这条提醒不需要开专席。")
    ordinary = {desk.window_id: desk for desk in floors.floor_of(alert.hall_id, now).scene.ordinary}
    if window_id not in ordinary:
        raise Refused("not_ordinary", "这个窗口现在不是开放的普通窗口,请换一个。")
    if len(ordinary) < 2:
        raise Refused("last_ordinary", "只剩一个普通窗口,请先加开窗口。")
    WindowSession.objects.filter(window=window_id, signed_out_at=None).update(reserved_now=Reserved.GOTONE)
    live.board_changed(alert.hall_id)
    alert.snoozed_until = None
    _answered(alert, AlertAnswer.HANDLING, actor=actor, now=now)
    return alert
