"""What results say: lists, a hall's trend and repeats, groups against the class, auditors against each other."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from halls.models import Hall
from inspections.models import Finding, MonthResult, Visit
from inspections.queries.months import bounds
from inspections.rules import calibration, months
from inspections.rules.calibration import Agreement
from inspections.rules.sheet import answers
from inspections.states import SHOWN_STATES
from staff.models import User

TREND = 12
REPEAT_OF = 3


def visits(user: User, wanted: dict[str, Any]) -> QuerySet[Visit]:
    """Handed in ones that the person may see, narrowed by hall, month, kind and state."""
    rows = (
        Visit.objects.visible_to(user)
        .filter(state__in=[*SHOWN_STATES, "uploading"])
        .exclude(~Q(auditor=user), state="uploading")
    )
    if hall := wanted.get("hall"):
        rows = rows.filter(hall=hall)
    if month := wanted.get("month"):
        since, until = bounds(month)
        rows = rows.filter(planned_on__gte=since, planned_on__lt=until)
    for name in ("kind", "state"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return rows.select_related("hall", "auditor", "version__card").annotate(faults=Count("findings"))


def trend(hall: Hall) -> list[Visit]:
    """The last ranked visits, the oldest first."""
    rows = Visit.objects.ranked().filter(hall=hall).order_by("-started_at")[:TREND]
    return list(rows)[::-1]


def repeats(hall: Hall) -> list[dict[str, Any]]:
    """Weak spots: items that failed in at least two of the last three visits."""
    last = list(Visit.objects.ranked().filter(hall=hall).order_by("-started_at")[:REPEAT_OF])[::-1]
    found = Finding.objects.filter(visit__in=last, withdrawn_at=None)
    by_visit: dict[Any, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for one in found:
        by_visit[one.visit_id].add(one.item)
        names[one.item] = one.name
    counts = months.repeated([frozenset(by_visit[visit.pk]) for visit in last])
    return [{"item": item, "name": names[item], "count": count, "of": len(last)} for item, count in counts.items()]


def group_shares(visit: Visit) -> list[float]:
    """What each group kept, in per cent."""
    return [share(group) for group in (visit.breakdown or {}).get("groups", [])]


def share(group: dict[str, Any]) -> float:
    return round(100 * group["left"] / group["max"], 1) if group["max"] else 100.0


def class_shares(visit: Visit) -> list[float]:
    """The same as the mean of the hall's class over the last three months."""
    rows = Visit.objects.ranked().filter(
        hall__type=visit.hall.type,
        version=visit.version,
        started_at__gt=(visit.submitted_at or visit.started_at) - timedelta(days=92),  # type: ignore[operator]
    )
    all_shares = [group_shares(one) for one in rows.only("breakdown")[:200]]
    whole = [one for one in all_shares if len(one) == len(group_shares(visit))]
    return [round(sum(column) / len(column), 1) for column in zip(*whole, strict=True)]


@dataclass(frozen=True)
class Place:
    """One line of the ranking with what was before."""

    result: MonthResult
    change: Any

    @property
    def fall(self) -> Any:
        """Points lost against the month before; 0 when none were."""
        return max(-self.change, 0) if self.change is not None else 0


def ranking(hall_ids: Iterable[int], month: date) -> dict[str, list[Place]]:
    """By class, ranked first; with the change of the score to the month before."""
    before_month = (month - timedelta(days=1)).replace(day=1)
    halls = set(hall_ids)
    before = dict(MonthResult.objects.filter(month=before_month, hall__in=halls).values_list("hall", "score"))
    found: dict[str, list[Place]] = defaultdict(list)
    rows = MonthResult.objects.filter(month=month).select_related("hall__region").order_by("hall_type", "rank", "hall")
    for row in rows:
        if row.hall_id in halls:
            change = row.score - before[row.hall_id] if row.hall_id in before else None
            found[row.get_hall_type_display()].append(Place(row, change))
    return dict(found)


def class_means(month: date) -> dict[str, Any]:
    rows = MonthResult.objects.filter(month=month).values("hall_type").annotate(mean=Avg("score"), halls=Count("id"))
    return {row["hall_type"]: row for row in rows}


def districts(hall_ids: Iterable[int], month: date) -> list[dict[str, Any]]:
    """The district table: halls, mean, vetoes, open actions."""
    late = Q(hall__corrective_actions__state="open")
    rows = (
        MonthResult.objects.filter(month=month, hall__in=set(hall_ids))
        .values("hall__region__name")
        .annotate(
            halls=Count("hall", distinct=True),
            mean=Avg("score"),
            open_actions=Count("hall__corrective_actions", filter=late, distinct=True),
        )
        .order_by("-mean")
    )
    return [dict(row) for row in rows]


def auditors(hall_ids: Iterable[int], since: date) -> list[tuple[User, Agreement]]:
    """Each auditor against the others, on double visits."""
    seconds = Visit.objects.over().filter(
        second_of__isnull=False, second_of__state__in=SHOWN_STATES, planned_on__gte=since, hall__in=set(hall_ids)
    )
    scores: dict[int, list[tuple[int, int]]] = defaultdict(list)
    pairs: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for visit in seconds.select_related("second_of"):
        first = visit.second_of
        assert first is not None
        one, other = answers(visit.sheet), answers(first.sheet)
        both = [(one[item], other[item]) for item in one if item in other]
        scores[visit.auditor_id].append((visit.score or 0, first.score or 0))
        scores[first.auditor_id].append((first.score or 0, visit.score or 0))
        pairs[visit.auditor_id] += both
        pairs[first.auditor_id] += [(b, a) for a, b in both]
    people = {one.pk: one for one in User.objects.filter(pk__in=scores)}
    return [(people[pk], calibration.agreement(scores[pk], pairs[pk])) for pk in sorted(scores)]
