"""Setting a parameter or a material for many halls at once, and setting it back by new dated rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from core import changes, parameters, time
from core.errors import Refused
from core.models import Parameter
from halls.actions import add_material, broadcast, retire_material
from halls.models import BroadcastTemplate, Hall, Material
from overview.models import BulkChange, BulkLine
from overview.queries import bulk as reads
from overview.rules import bulk as rules
from overview.rules.bulk import Effect
from overview.states import BulkKind
from staff.models import User

FURTHEST = timedelta(days=730)


@dataclass(frozen=True)
class Setting:
    """A parameter's value from a day on, and why."""

    name: str
    value: int
    valid_from: date
    note: str


def preview(halls: Sequence[Hall], wish: Setting, *, now: datetime) -> list[Effect]:
    """Raises Refused: no_halls, too_many_halls, bad_value, in_the_past, too_far."""
    if not halls:
        raise Refused("no_halls", "请至少选择一个营业厅。")
    if len(halls) > rules.MOST_HALLS:
        raise Refused("too_many_halls", f"一次最多 {rules.MOST_HALLS} 个营业厅,请分几次设置。")
    try:
        parameters.check(wish.name, wish.value)
    except ValidationError as error:
        raise Refused("bad_value", " ".join(error.messages)) from None
    if wish.valid_from <= time.business_day(now):
        raise Refused("in_the_past", "生效日期应为明天或以后,今天的数字不变。")
    if wish.valid_from > time.business_day(now) + FURTHEST:
        raise Refused("too_far", "生效日期请选两年以内,请核对年份。")
    return reads.effects(halls, wish.name, wish.value, wish.valid_from)


@transaction.atomic
def set_parameter(halls: Sequence[Hall], wish: Setting, *, seen: str, actor: User, now: datetime) -> BulkChange:
    """One dated row for each hall whose value changes. `seen` is the digest of the preview.

    Raises Refused: what `preview` says, no_reason, nothing_changes, moved_on (what was seen is no longer so).
    """
    if not wish.note.strip():
        raise Refused("no_reason", "请写明这次设置的原因。")
    locked = _locked(halls)
    effects = preview(locked, wish, now=now)
    if rules.digest(effects) != seen:
        raise Refused("moved_on", "预览以后有设置变动,请看过最新的影响再保存。")
    there = {hall.code: hall for hall in locked}
    changing = rules.changed(effects)
    if not changing:
        raise Refused("nothing_changes", "所选营业厅那天已经是这个值,不用设置。")
    known = parameters.about(wish.name)
    title = f"{known.label} {wish.value} {known.unit}".strip()[:40]
    made = BulkChange.objects.create(
        kind=BulkKind.PARAMETER, name=wish.name, value=wish.value, title=title, valid_from=wish.valid_from,
        note=wish.note.strip()[:100], made_by=actor, made_at=now,
    )  # fmt: skip
    BulkLine.objects.bulk_create(BulkLine(change=made, hall=there[one.code], before=one.before) for one in changing)
    for one in changing:
        _put(wish.name, one.code, one.after, wish.valid_from, actor=actor, before=one.before)
    return made


def _locked(halls: Sequence[Hall]) -> list[Hall]:
    """Two who set the same halls come one after the other."""
    pks = [hall.pk for hall in halls]
    rows = Hall.objects.select_for_update(of=("self",), no_key=True).select_related("region__parent__parent")
    return list(rows.filter(pk__in=pks).order_by("pk"))


def _put(name: str, scope: str, value: int, day: date, *, actor: User, before: int) -> None:
    row = Parameter.objects.filter(name=name, scope=scope, valid_from=day).first()
    row = row or Parameter(name=name, scope=scope, valid_from=day)
    row.value, row.note = value, "批量设置"
    row.save()
    changes.record(row, "值", actor=actor, before=before, after=value)


@transaction.atomic
def undo(change_id: int, *, actor: User, now: datetime) -> tuple[BulkChange, int]:
    """Set back what is still as this change made it: parameters by a new row from tomorrow (or from its own first day,
    if that is later), materials by taking them down. Returns how many halls were set back.

    Raises Refused: undone_already.
    """
    change = BulkChange.objects.select_for_update().get(pk=change_id)
    if change.undone_at is not None:
        raise Refused("undone_already", "这次批量设置已经恢复过。")
    tomorrow = time.business_day(now) + timedelta(days=1)
    change.undone_from = max(tomorrow, change.valid_from) if change.kind == BulkKind.PARAMETER else tomorrow
    change.undone_by, change.undone_at = actor, now
    change.save(update_fields=["undone_from", "undone_by", "undone_at"])
    lines = list(reads.lines_of(change))
    if change.kind == BulkKind.MATERIAL:
        return change, sum(_take_down(line, actor=actor, now=now) for line in lines)
    return change, _set_back(change, lines, actor=actor)


def _set_back(change: BulkChange, lines: Sequence[BulkLine], *, actor: User) -> int:
    """A hall whose value somebody has changed since keeps it."""
    assert change.undone_from is not None
    halls = _locked([line.hall for line in lines])
    before = {line.hall.code: line.before or 0 for line in lines}
    back = 0
    for one in reads.effects(halls, change.name, change.value or 0, change.undone_from):
        if one.before == change.value:
            _put(change.name, one.code, before[one.code], change.undone_from, actor=actor, before=one.before)
            back += 1
    return back


def _take_down(line: BulkLine, *, actor: User, now: datetime) -> bool:
    if line.material is None or line.material.retired_at is not None:
        return False
    retire_material(line.material.pk, actor=actor, now=now)
    return True


def _hanging(halls: Sequence[Hall], pattern: Material) -> list[str]:
    """Where the very same is up already: pressed twice, it must not hang twice."""
    names = ("kind", "carrier", "title", "text", "image", "place", "valid_from", "valid_to")
    same = Material.objects.filter(retired_at=None, **{name: getattr(pattern, name) for name in names})
    there = set(same.filter(hall__in=halls).values_list("hall", flat=True))
    return [hall.name for hall in halls if hall.pk in there]


@transaction.atomic
def put_material(halls: Sequence[Hall], pattern: Material, *, note: str, actor: User, now: datetime) -> BulkChange:
    """The same material in each hall, as a row of its own that the hall may take down. Raises Refused: no_halls,
    too_many_halls, bad_days, hangs_already."""
    if not halls:
        raise Refused("no_halls", "请至少选择一个营业厅。")
    if len(halls) > rules.MOST_HALLS:
        raise Refused("too_many_halls", f"一次最多 {rules.MOST_HALLS} 个营业厅,请分几次设置。")
    if pattern.valid_to < max(pattern.valid_from, time.business_day(now)):
        raise Refused("bad_days", "最后一天不能早于开始日期和今天。")
    if there := _hanging(_locked(halls), pattern):
        raise Refused("hangs_already", f"{'、'.join(there)}已经有同样的物料,请去掉这些营业厅再保存。")
    made = BulkChange.objects.create(
        kind=BulkKind.MATERIAL, title=str(pattern)[:40], valid_from=pattern.valid_from, note=note.strip()[:100],
        made_by=actor, made_at=now,
    )  # fmt: skip
    names = ("kind", "carrier", "title", "text", "image", "place", "valid_from", "valid_to", "on_tv", "seconds")
    for hall in halls:
        row = Material(hall=hall, **{name: getattr(pattern, name) for name in names})
        BulkLine.objects.create(change=made, hall=hall, material=add_material(row, actor=actor, now=now))
    return made


def say(
    halls: Sequence[Hall], template: BroadcastTemplate, given: Mapping[str, str], *, actor: User, now: datetime
) -> list[tuple[Hall, str]]:
    """The same sentence in the lobbies of many halls; returns those where it was not said, with the reason.

    Raises Refused: no_halls, too_many_halls, and bad_blanks when it can be said nowhere.
    """
    if not halls:
        raise Refused("no_halls", "请至少选择一个营业厅。")
    if len(halls) > rules.MOST_HALLS:
        raise Refused("too_many_halls", f"一次最多 {rules.MOST_HALLS} 个营业厅,请分几次设置。")
    silent = []
    for hall in halls:
        try:
            broadcast(hall, template, given, actor=actor, now=now)
        except Refused as no:
            if no.code == "bad_blanks":
                raise
            silent.append((hall, no.message))
    return silent
