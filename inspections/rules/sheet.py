"""What a visit says is a fold of its operations: each sets one register, and of two the later one stands.

Later = the greater (clock, device, counter). `clock` is a Lamport clock kept by the tablets, so that a wrong wall
clock, a delay of days or another order of arrival changes nothing: the fold is the same for any interleaving.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.time import local
from inspections.rules.cards import Card
from inspections.rules.scoring import Found, Score, score
from inspections.rules.situations import Situation, applies, hall_facts
from inspections.states import RANKED_KINDS, Answer, Peak

Register = list[Any]  # [value, clock, device, counter]
Sheet = dict[str, Register]
Stamp = tuple[int, str, int]


@dataclass(frozen=True)
class Operation:
    """`device` and `counter` name it for ever; `at` is what the tablet's clock said and decides nothing."""

    device: str
    counter: int
    clock: int
    key: str
    value: Any
    at: str = ""

    @property
    def stamp(self) -> Stamp:
        return (self.clock, self.device, self.counter)


def stamp_of(register: Register) -> Stamp:
    return (register[1], register[2], register[3])


def put(sheet: Sheet, operation: Operation) -> None:
    present = sheet.get(operation.key)
    if present is None or stamp_of(present) < operation.stamp:
        sheet[operation.key] = [operation.value, operation.clock, operation.device, operation.counter]


def fold(operations: Iterable[Operation]) -> Sheet:
    sheet: Sheet = {}
    for operation in operations:
        put(sheet, operation)
    return sheet


def value(sheet: Sheet, key: str, default: Any = None) -> Any:
    return sheet[key][0] if key in sheet else default


def named(sheet: Sheet, prefix: str) -> dict[str, Any]:
    """The registers of a family by what follows its prefix, in the order of their keys."""
    return {key[len(prefix) :]: sheet[key][0] for key in sorted(sheet) if key.startswith(prefix)}


def unsigned(sheet: Sheet, kind: str) -> list[str]:
    """The signatures that are still missing; a hall's own patrols and checks are signed by nobody else."""
    wanted = [("auditor", "检查人签字"), ("hall", "营业厅签字或拒签原因")][: 2 if kind in RANKED_KINDS else 1]
    return [words for who, words in wanted if not value(sheet, f"signature:{who}")]


def answers(sheet: Sheet) -> dict[str, str]:
    return {item: given for item, given in named(sheet, "answer:").items() if given}


def entries(sheet: Sheet) -> dict[str, dict[str, Any]]:
    """Occurrences that were not taken back."""
    return {name: one for name, one in named(sheet, "entry:").items() if not one.get("removed")}


def photos(sheet: Sheet) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in named(sheet, "photo:").items() if not one.get("removed")}


def findings(sheet: Sheet) -> list[Found]:
    """What is deducted for. An item said not to apply deducts nothing, whatever was counted at it before."""
    given = answers(sheet)
    found = [Found(item) for item, answer in given.items() if answer == Answer.FAIL]
    for name, one in entries(sheet).items():
        if given.get(one["item"]) != Answer.NOT_APPLICABLE:
            found.append(Found(one["item"], one.get("points"), one.get("event") or f"own:{name}"))
    return found


def without_double(found: list[Found], card: Card) -> list[Found]:
    """At an item that is counted, occurrences say more than the answer 不合格 beside them."""
    counted = {one.item for one in found if one.event}
    return [
        one
        for one in found
        if one.event or one.item not in counted or not (one.item in card.items and card.items[one.item].is_counted)
    ]


def situation(sheet: Sheet, snapshot: Mapping[str, Any], day: date) -> Situation:
    """The day is the one the visit began on, else the planned one."""
    began = moment((value(sheet, "start") or {}).get("at"))
    facts = frozenset(name for name, holds in named(sheet, "fact:").items() if holds)
    return Situation(
        hall=hall_facts(snapshot),
        day=local(began).date() if began else day,
        peak=value(sheet, "peak") or Peak.OFF_PEAK,
        facts=facts,
    )


def moment(text: Any) -> datetime | None:
    """An ISO time with its offset; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def is_vetoed(sheet: Sheet, snapshot: Mapping[str, Any], minutes: int | None) -> bool:
    """R-I-5: nobody at the front when the inspector came and still nobody after the full time, in opening hours.

    Whoever comes back at the last second is in time; later is too late.
    """
    watch = value(sheet, "veto")
    if minutes is None or not watch or watch.get("cancelled"):
        return False
    began, ended = moment(watch.get("started_at")), moment(watch.get("ended_at"))
    if began is None or ended is None or not opens_during(snapshot, began, minutes):
        return False
    limit = timedelta(minutes=minutes)
    return ended - began > limit if watch.get("returned") else ended - began >= limit


def opens_during(snapshot: Mapping[str, Any], began: datetime, minutes: int) -> bool:
    """Whether the published hours cover the whole wait; `hours` holds minutes of the day by weekday or date."""
    here = local(began)
    hours = snapshot.get("hours", {})
    span = hours.get(here.date().isoformat(), hours.get(str(here.weekday())))
    if not span:
        return False
    minute = here.hour * 60 + here.minute + here.second / 60
    return span[0] <= minute and minute + minutes <= span[1]


@dataclass(frozen=True)
class Reading:
    """A sheet read with its card: the score, and what stays open."""

    score: Score
    situation: Situation
    unanswered: tuple[str, ...]
    unseen: tuple[str, ...]
    not_applicable: tuple[str, ...]


def read(card: Card, sheet: Sheet, snapshot: Mapping[str, Any], day: date) -> Reading:
    here = situation(sheet, snapshot, day)
    found = without_double(findings(sheet), card)
    reckoned = score(card, here, found, is_vetoed=is_vetoed(sheet, snapshot, card.veto_minutes))
    given, counted = answers(sheet), {one.item for one in found}
    wanted = [item.code for group in card.groups for item in group.items if applies(item, here)]
    return Reading(
        score=reckoned,
        situation=here,
        unanswered=tuple(code for code in wanted if code not in given and code not in counted),
        unseen=tuple(code for code in wanted if given.get(code) == Answer.UNSEEN and code not in counted),
        not_applicable=tuple(
            code for code in card.items if code not in wanted or given.get(code) == Answer.NOT_APPLICABLE
        ),
    )
