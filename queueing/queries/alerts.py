"""What stands on a hall's floor, in the words of the screens, and who could help."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch

from core import time
from halls.models import Hall
from queueing.models import Alert, SupportCall, WindowSession
from queueing.queries import floor as floors
from queueing.rules import floor as rules
from queueing.rules.alerts import SWINGING, Key, Scene, breaches
from queueing.rules.sentences import minutes_since, sentence
from queueing.states import AT_WINDOW, AlertAnswer, AlertKind, AlertLevel, PauseReason, SnoozeReason
from staff.models import Employment, User
from staff.queries.people import in_force
from staff.states import Role

HELPERS = (Role.BACK_OFFICE, Role.CLERK, Role.HANDSET_SELLER, Role.ENQUIRY, Role.FLOOR_WALKER)
WANTS_WINDOWS = frozenset({AlertKind.PEAK, AlertKind.MORE_WINDOWS, AlertKind.NOON, AlertKind.MEAN_WAIT})
DONE_BY_ONE_TAP = frozenset({AlertKind.CARE, AlertKind.VIP, AlertKind.LINGERING})
HELPERS_SHOWN = 8
BIGGEST = 2**63 - 1  # of a key; an address may name anything


@dataclass(frozen=True)
class Helper:
    """Somebody of this hall who serves nobody now."""

    user: User
    why: str


@dataclass(frozen=True)
class Person:
    """One of several customers behind one card."""

    alert: Alert
    text: str
    minutes: int


@dataclass(frozen=True)
class Card:
    """One alert, or all alerts of customers who wait too long, as a screen shows it."""

    alert: Alert
    text: str
    minutes: int
    deadline: datetime | None = None
    people: list[Person] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    turnable: list[tuple[int, str]] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    calls: list[SupportCall] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)

    @property
    def wants_hand(self) -> bool:
        """Whether somebody can say 去处理: where one tap does the work itself, the word would only be one more."""
        return self.alert.kind not in DONE_BY_ONE_TAP and self.alert.answer != AlertAnswer.HANDLING

    @property
    def is_red(self) -> bool:
        return self.alert.level == AlertLevel.RED


@dataclass(frozen=True)
class Standing:
    hall: Hall
    now: datetime
    cards: list[Card]
    quiet: list[Alert]
    is_peak: bool
    may_act: bool
    may_guide: bool
    may_manage: bool
    snooze_minutes: int
    my_calls: list[SupportCall]
    reasons: list[tuple[str, Any]] = field(default_factory=lambda: [one for one in SnoozeReason.choices if one[0]])


def open_alert(hall_id: int, key: Key) -> Alert | None:
    return Alert.objects.filter(hall=hall_id, kind=key[0], subject=key[1], closed_at=None).first()


def open_alerts(hall_ids: Iterable[int] | None = None) -> dict[int, list[Alert]]:
    rows = Alert.objects.filter(closed_at=None).order_by("pk")
    found: dict[int, list[Alert]] = defaultdict(list)
    for alert in rows if hall_ids is None else rows.filter(hall__in=list(hall_ids)):
        found[alert.hall_id].append(alert)
    return found


def helpers(hall: Hall, now: datetime) -> list[Helper]:
    """People of the hall who could take a window: paused clerks, the back office, those at no window.

    Somebody with a customer in front of them is busy, and so is who sits at an open window.
    """
    today = time.business_day(now)
    people = (
        User.objects.filter(is_active=True, employments__in=_jobs(hall, today))
        .order_by("staff_no")
        .distinct()
        .prefetch_related(
            Prefetch("window_sessions", WindowSession.objects.filter(signed_out_at=None), to_attr="sitting"),
            Prefetch("employments", _jobs(hall, today), to_attr="here"),
        )
    )
    busy = set(hall.tickets.filter(state__in=AT_WINDOW).exclude(clerk=None).values_list("clerk", flat=True))
    found = [(rank, Helper(user, why)) for user in people if user.pk not in busy for rank, why in _free(user)]
    return [helper for _, helper in sorted(found, key=lambda pair: pair[0])]


def _jobs(hall: Hall, today: Any) -> Any:
    return Employment.objects.filter(in_force(today), hall=hall, role__in=HELPERS)


def _free(user: Any) -> list[tuple[int, str]]:
    """In which order they are offered, and what they do now; nothing for who serves at a window."""
    if not user.sitting:
        role = min((job.role for job in user.here), key=HELPERS.index)
        return [(HELPERS.index(role) + 1, Role(role).label)]
    session = user.sitting[0]
    return [(0, f"暂停:{PauseReason(session.pause_reason).label}")] if session.is_paused else []


def standing(hall: Hall, user: Any, now: datetime) -> Standing:
    """Red before yellow, older before newer; who waits too long shares one card; what was noted is set apart."""
    rows = Alert.objects.filter(hall=hall, closed_at=None).select_related("ticket", "window", "handled_by")
    alerts = list(rows.prefetch_related(_calls()).order_by("opened_at", "pk"))
    floor = floors.floor_of(hall.pk, now)
    facts = {one.key: one.facts for one in breaches(floor.scene, floor.limit, now, [_key(one) for one in alerts])}
    # What ends for good is gone from the screen at once; its row follows with the next sweep.
    alerts = [one for one in alerts if one.kind in SWINGING or _key(one) in facts]
    loud = [one for one in alerts if not one.is_snoozed(now)]
    may_act = user.may("queue.floor", hall) or user.may("queue.manage", hall)
    able = helpers(hall, now) if may_act and any(one.kind != AlertKind.CARE for one in loud) else []
    maker = _Maker(floor.scene, facts, now, able, floor.limit(rules.VIP_MINUTES), floor.limit(rules.CARE_MINUTES))
    return Standing(
        hall=hall,
        now=now,
        cards=maker.cards(loud),
        quiet=[one for one in alerts if one.is_snoozed(now)],
        is_peak=floors.is_peak(hall.pk, now),
        may_act=may_act,
        may_guide=user.may("queue.floor", hall),
        may_manage=user.may("queue.manage", hall),
        snooze_minutes=floor.limit(rules.SNOOZE_MINUTES),
        my_calls=[
            call
            for one in alerts
            for call in one.support_calls.all()
            if call.person_id == user.pk and call.answered_at is None
        ],
    )


def _calls() -> Prefetch:
    return Prefetch("support_calls", SupportCall.objects.select_related("person", "alert").order_by("asked_at", "pk"))


def _key(alert: Alert) -> Key:
    return alert.kind, alert.subject


@dataclass(frozen=True)
class _Maker:
    """Makes cards out of alerts with the facts of this moment; what just ended keeps the facts it had."""

    scene: Scene
    facts: dict[Key, dict[str, Any]]
    now: datetime
    able: list[Helper]
    vip_minutes: int
    care_minutes: int

    def cards(self, alerts: list[Alert]) -> list[Card]:
        kinds = {one.kind for one in alerts}
        shown = [one for one in alerts if not (one.kind == AlertKind.PEAK and AlertKind.MORE_WINDOWS in kinds)]
        late = [one for one in shown if one.kind == AlertKind.CARE]
        found = [self._card(one) for one in shown if one.kind != AlertKind.CARE]
        if late:
            found.append(self._late(late))
        return sorted(found, key=lambda card: (not card.is_red, card.alert.opened_at))

    def _facts(self, alert: Alert) -> dict[str, Any]:
        return alert.facts | self.facts.get(_key(alert), {})

    def _card(self, alert: Alert) -> Card:
        facts = self._facts(alert)
        calls = list(alert.support_calls.all())
        asked = {call.person_id for call in calls}
        return Card(
            alert,
            sentence(alert.kind, alert.level, facts, self.now),
            int((self.now - alert.opened_at).total_seconds() // 60),
            deadline=self._deadline(alert, facts),
            windows=self._closed(alert) if alert.kind in WANTS_WINDOWS else [],
            turnable=self._turnable() if alert.kind == AlertKind.ZONE else [],
            turned=[f"{desk.number} 号" for desk in self.scene.desks if desk.turned and alert.kind == AlertKind.ZONE],
            calls=calls,
            helpers=[one for one in self.able if one.user.pk not in asked][:HELPERS_SHOWN],
        )

    def _late(self, alerts: list[Alert]) -> Card:
        people = [
            Person(one, str(one.facts.get("number", "")), minutes_since(one.facts.get("since"), self.now))
            for one in alerts
        ]
        people.sort(key=lambda one: -one.minutes)
        text = f"{len(people)} 位客户等候超过 {self.care_minutes} 分钟,请前去关怀并致歉。"
        return Card(alerts[0], text, people[0].minutes, people=people)

    def _deadline(self, alert: Alert, facts: dict[str, Any]) -> datetime | None:
        if alert.kind != AlertKind.VIP or alert.level == AlertLevel.RED:
            return None
        return datetime.fromisoformat(facts["since"]) + timedelta(minutes=self.vip_minutes)

    def _closed(self, alert: Alert) -> list[str]:
        pool = int(alert.subject) if alert.kind == AlertKind.MORE_WINDOWS else None
        return [
            f"{desk.number} 号"
            for desk in self.scene.seated
            if not desk.is_open and (pool is None or desk.pool == pool)
        ]

    def _turnable(self) -> list[tuple[int, str]]:
        ordinary = self.scene.ordinary
        return [(desk.window_id, f"{desk.number} 号") for desk in ordinary] if len(ordinary) > 1 else []


def standing_rows(hall: Hall) -> list[Alert]:
    rows = Alert.objects.filter(hall=hall, closed_at=None).select_related("answered_by")
    return list(rows.prefetch_related(_calls()).order_by("opened_at", "pk"))


def with_calls(alert_id: int) -> Alert | None:
    rows = Alert.objects.select_related("hall", "answered_by").prefetch_related(_calls())
    return rows.filter(pk=min(alert_id, BIGGEST)).first()


def text(alert: Alert, now: datetime) -> str:
    return sentence(alert.kind, alert.level, alert.facts, now)


def my_call(call_id: int, user: Any) -> SupportCall | None:
    """A request to oneself, with what it is about."""
    rows = SupportCall.objects.select_related("alert__hall", "asked_by")
    return rows.filter(pk=min(call_id, BIGGEST), person=user.pk).first()
