"""What halls have now, and what a setting for all of them would make of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from core import parameters
from core.models import Parameter
from halls.models import Hall
from halls.queries import scopes
from overview.models import BulkChange, BulkLine
from overview.rules.bulk import Effect
from overview.states import BulkKind
from staff.models import User

RIGHT = {BulkKind.PARAMETER: "settings.change", BulkKind.MATERIAL: "tv.manage"}


def halls_for(user: User, kind: str) -> QuerySet[Hall]:
    """The halls that somebody may set this for."""
    mine = Hall.objects.filter(pk__in=user.hall_ids(RIGHT[BulkKind(kind)]))
    return mine.select_related("region__parent__parent").order_by("code")


def effects(halls: Iterable[Hall], name: str, value: int, day: date) -> list[Effect]:
    """Hall by hall: from what to what on the day, and what would come after it."""
    rows = Parameter.objects.filter(name=name, valid_from__gt=day).order_by("valid_from")
    later: dict[str, tuple[date, int]] = {}
    for scope, since, planned in rows.values_list("scope", "valid_from", "value"):
        later.setdefault(scope, (since, planned))
    return [
        Effect(
            hall.code,
            hall.name,
            parameters.number(name, on=day, scopes=scopes(hall)),
            value,
            later.get(hall.code),
        )
        for hall in halls
    ]


def history(user: User) -> QuerySet[BulkChange]:
    """What was set for many halls, every one of them the person's to set."""
    theirs = BulkChange.objects.none()
    for kind, verb in RIGHT.items():
        outside = BulkLine.objects.filter(change=OuterRef("pk")).exclude(hall__in=user.hall_ids(verb))
        if user.may(verb):
            theirs |= BulkChange.objects.filter(~Exists(outside), kind=kind)
    return theirs.annotate(count=Count("lines")).select_related("made_by", "undone_by").order_by("-made_at", "-pk")


def lines_of(change: BulkChange) -> Any:
    return change.lines.select_related("hall", "material")
