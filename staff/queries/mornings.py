"""What a hall's morning meeting should know: yesterday's figures, what waits, what ends. Every line from a row."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from core import parameters, time
from halls.models import Hall, Material
from staff import hooks
from staff.models import AuditItem, Employment, User
from staff.queries import audits, bulletins, certificates, duties, knowledge, rosters, suggestions
from staff.queries.people import in_force
from staff.rules import mornings as rules
from staff.states import AuditState


def content(hall: Hall, day: date, now: datetime) -> dict[str, Any]:
    """All of a sheet, as plain data that stays as it was."""
    ahead = parameters.number(rules.AHEAD, on=day)
    people = _people(hall, day)
    return {
        "yesterday": _yesterday(hall, day - timedelta(days=1), now),
        "on_duty": _on_duty(hall, day),
        "duties": _duties(hall, day),
        "unconfirmed": _unconfirmed(people, day),
        "error": _error(hall, day),
        "corrections": _corrections(hall),
        "suggestions": _suggestions(hall, now),
        "ending": _ending(hall, people, day, ahead),
    }


def _people(hall: Hall, day: date) -> list[User]:
    jobs = Employment.objects.filter(in_force(day), hall=hall)
    return list(User.objects.filter(pk__in=jobs.values("user"), is_active=True).order_by("staff_no"))


def _yesterday(hall: Hall, day: date, now: datetime) -> dict[str, Any]:
    """Counts as the hook names them, and the means that are read from them; unknown ones are left out."""
    counts = hooks.service_figures([hall.pk], day, day, now).halls.get(hall.pk, {})
    names = ("issued", "served", "long_waits", "no_shows", "ratings", "low_ratings", "complaints")
    found: dict[str, Any] = {"day": day.isoformat(), **{name: counts[name] for name in names if name in counts}}
    for name, part, whole, per in (
        ("mean_wait", "wait_seconds", "answered", 60),
        ("mean_service", "service_seconds", "served", 60),
        ("rating", "rating_sum", "ratings", 1),
        ("within", "wait_within", "answered", 0.01),
    ):
        if counts.get(whole):
            found[name] = round(counts.get(part, 0) / counts[whole] / per, 2 if name == "rating" else 1)
    return found


def _on_duty(hall: Hall, day: date) -> list[dict[str, Any]]:
    return [
        {
            "name": one.person.name,
            "post": str(one.post.label),
            "shift": one.shift_name,
            "from": f"{time.local(one.begins_at):%H:%M}",
            "to": f"{time.local(one.ends_at):%H:%M}",
            "is_rostered": one.is_rostered,
        }
        for one in rosters.on_duty(hall, day)
    ]


def _duties(hall: Hall, day: date) -> list[dict[str, Any]]:
    """R-S-2: who answers for what today; an empty name where both are away."""
    return [
        {
            "title": one.duty.name,
            "name": one.person.name if one.person else "",
            "side": one.side.value,
            "words": str(one.side.label),
        }
        for one in duties.today(hall, day)
    ]


def _unconfirmed(people: Sequence[User], day: date) -> list[dict[str, Any]]:
    """Notices in force with the names of those here who have not confirmed them."""
    names: dict[int, dict[str, Any]] = {}
    for person, rows in bulletins.waiting_by_person(people, day).items():
        for row in rows:
            line = names.setdefault(row.pk, {"id": row.pk, "title": row.title, "names": []})
            line["names"].append(person.name)
    return list(names.values())


def _error(hall: Hall, day: date) -> dict[str, Any] | None:
    """The error of the day: without a name, because the meeting learns from it and blames nobody."""
    item = audits.error_of_the_day(hall.pk, day)
    if item is None:
        return None
    return {"about": item.about, "kind": str(item.get_error_kind_display()), "finding": item.finding}


def _corrections(hall: Hall) -> int:
    return AuditItem.objects.filter(hall=hall, state=AuditState.WRONG).count()


def _suggestions(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    rows = suggestions.overdue([hall.pk], now)
    return [{"id": row.pk, "title": row.title, "days": row.days_open(now)} for row in rows]


def _ending(hall: Hall, people: Sequence[User], day: date, ahead: int) -> dict[str, list[dict[str, Any]]]:
    """What runs out within some days: certificates of people here, materials on the wall, articles, notices."""
    last = day + timedelta(days=ahead)
    hung = Material.objects.filter(valid_to__gte=day, valid_to__lte=last)
    return {
        "certificates": _certificates(people, day, ahead),
        "materials": [_line(row.title, row.valid_to) for row in hung.filter(hall=hall).order_by("valid_to")],
        "articles": [_line(one.article.title, one.version.valid_to) for one in knowledge.ending(day, days=ahead)],
    }


def _certificates(people: Sequence[User], day: date, ahead: int) -> list[dict[str, Any]]:
    """Those whose certificate is valid today and no longer at the end of the span, with its last day."""
    held, then = certificates.spans([one.pk for one in people]), day + timedelta(days=ahead)
    found = []
    for person in people:
        mine = held.get(person.pk, [])
        now_valid = [span.last for span in mine if span.covers(day)]
        if now_valid and not any(span.covers(then) for span in mine):
            found.append(_line(person.name, max(now_valid)))
    return found


def _line(title: str, on: date | None) -> dict[str, Any]:
    return {"title": title, "on": on.isoformat() if on else ""}
