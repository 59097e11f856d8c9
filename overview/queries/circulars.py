"""Reads about monthly circulars: which a person sees, how many halls have received them, one with all it says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTransform

from halls.models import Hall, Region
from overview.models import Circular, CircularReading, CircularVersion
from overview.queries import circular_month
from overview.queries.circular_month import Content
from overview.queries.regions import around, halls_below, regions_of, regions_seen
from overview.rules import circular_words, months
from overview.rules import circulars as rules
from overview.states import CircularState, VersionState


def visible(user: Any) -> QuerySet[Circular]:
    """What is issued to one's halls or around them; what one may issue oneself, drafts too."""
    issued = CircularVersion.objects.filter(state=VersionState.SIGNED).values("circular")
    received = Q(region__in=regions_seen(user, "report.see"), pk__in=issued)
    rows = Circular.objects.filter(received | Q(region__in=user.rights.region_ids("circular.issue")))
    return rows.select_related("region", "made_by")


def issuing_regions(user: Any) -> list[Region]:
    return regions_of(user, "circular.issue")


def issues(user: Any, region: Region) -> bool:
    return region.pk in user.rights.region_ids("circular.issue")


@dataclass(frozen=True)
class Line:
    """One circular of a list. `unread`: one's own halls that have not received it; who issues it is not asked."""

    circular: Circular
    state: CircularState
    issued: CircularVersion | None
    audience: int
    read: int
    unread: list[Hall]

    @property
    def month(self) -> str:
        return months.month_text(self.circular.month)

    @property
    def number(self) -> str:
        return rules.number_text(self.circular.month)


def lines(rows: Iterable[Circular], user: Any) -> list[Line]:
    """As many questions for any number of circulars of a region."""
    circulars = list(rows)
    versions: dict[int, list[CircularVersion]] = {}
    asked = CircularVersion.objects.filter(circular__in=circulars).select_related("issued_by").order_by("number")
    for one in _light(asked):
        versions.setdefault(one.circular_id, []).append(one)
    counting = {pk: found for pk, of in versions.items() if (found := _newest(of)) is not None}
    read: dict[int, set[int]] = {}
    for version, hall in CircularReading.objects.filter(version__in=counting.values()).values_list("version", "hall"):
        read.setdefault(version, set()).add(hall)
    halls = {region: audience(region) for region in {one.region for one in circulars}}
    mine, issuing = user.hall_ids("circular.receive"), user.rights.region_ids("circular.issue")
    return [
        _line(
            one,
            versions.get(one.pk, []),
            _of_these(halls[one.region], counting.get(one.pk)),
            read.get(counting[one.pk].pk, set()) if one.pk in counting else set(),
            set() if one.region_id in issuing else mine,
        )
        for one in circulars
    ]


def _newest(versions: Iterable[CircularVersion]) -> CircularVersion | None:
    return max((one for one in versions if one.is_issued), key=lambda one: one.number, default=None)


def _line(
    circular: Circular, versions: list[CircularVersion], halls: list[Hall], read: set[int], mine: set[int]
) -> Line:
    issued = _newest(versions)
    has_draft = any(not one.is_issued for one in versions)
    state = CircularState.DRAFT if issued is None else CircularState.CORRECTING if has_draft else CircularState.ISSUED
    unread = [one for one in halls if issued and one.pk in mine and one.pk not in read]
    return Line(circular, state, issued, len(halls), len(read), unread)


def audience(region: Region) -> list[Hall]:
    """To whom a circular goes: the halls of the region that work with this product."""
    return list(halls_below(region).filter(is_live=True))


def addressed(version: CircularVersion) -> list[Hall]:
    """To whom an issued one went; a hall that opened later has nothing to receive."""
    rows = CircularVersion.objects.filter(pk=version.pk)
    return _of_these(audience(version.circular.region), _light(rows).get())


def _light(rows: QuerySet[CircularVersion]) -> QuerySet[CircularVersion]:
    """Without what is long, but with the codes of the halls that it went to."""
    return rows.defer("content", "texts", "photos").annotate(sent_to=KeyTransform("addressed", "content"))


def _of_these(halls: list[Hall], version: Any) -> list[Hall]:
    """A draft goes to everyone who is there."""
    if version is None or version.sent_to is None:
        return halls
    return [one for one in halls if one.code in version.sent_to]


@dataclass(frozen=True)
class Unread:
    """An issued circular that a hall has not received."""

    hall: Hall
    version: CircularVersion


def unread(halls: Sequence[Hall]) -> list[Unread]:
    """What these halls in use have still to receive, of what counts now; two questions however many they are."""
    regions = {hall.pk: around(hall) for hall in halls if hall.is_live}
    rows = CircularVersion.objects.filter(
        state=VersionState.SIGNED, circular__region__in=set().union(*regions.values())
    ).select_related("circular__region")
    versions = list(_light(rows).order_by("circular_id", "-number").distinct("circular_id"))
    done = set(CircularReading.objects.filter(version__in=versions, hall__in=regions).values_list("version", "hall"))
    return [
        Unread(hall, one)
        for one in versions
        for hall in _of_these(list(halls), one)
        if one.circular.region_id in regions.get(hall.pk, ()) and (one.pk, hall.pk) not in done
    ]


def draft_of(circular: Circular) -> CircularVersion | None:
    return circular.versions.filter(state=VersionState.DRAFT).first()


def issued_of(circular: Circular) -> CircularVersion | None:
    return circular.versions.filter(state=VersionState.SIGNED).order_by("-number").first()


@dataclass(frozen=True)
class Shown:
    """A version with everything it says."""

    version: CircularVersion
    content: Content
    proposed: dict[str, str]
    texts: dict[str, str]


def shown(version: CircularVersion, now: datetime) -> Shown:
    if version.is_issued:
        return Shown(version, version.content, {}, dict(version.texts))
    content = circular_month.content(version.circular.region, version.circular.month, now)
    proposed = circular_words.propose(content)
    return Shown(version, content, proposed, rules.final(version.texts, proposed))


def receipts(version: CircularVersion) -> list[tuple[Hall, CircularReading | None]]:
    read = {one.hall_id: one for one in version.readings.select_related("read_by")}
    return [(hall, read.get(hall.pk)) for hall in addressed(version)]
