"""The acts of a monthly circular: begun, saved, issued to the halls of its region, corrected, received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from core import parameters, time
from core.errors import Refused
from halls.models import Hall, Region
from messaging.actions import notify
from overview.actions.circular_photos import frozen
from overview.models import Circular, CircularReading, CircularVersion
from overview.queries import circular_photos as photos
from overview.queries import circulars as reads
from overview.rules import circulars as rules
from overview.rules import months
from overview.rules.weekly import written
from overview.states import CircularPart, VersionState
from staff.models import User
from staff.queries.people import managers_of


@dataclass(frozen=True)
class Written:
    """What a form holds. `photos`: `{photo, caption}` in their order; `edits`: the count of saves it was made from."""

    texts: Mapping[str, str]
    photos: Sequence[Mapping[str, str]] = field(default_factory=list)
    edits: int = 0


def address(circular: Circular) -> str:
    return f"/overview/circulars/{circular.pk}/"


@transaction.atomic
def begin(region: Region, month: date, *, actor: User, now: datetime) -> CircularVersion:
    """The draft of a region's month; the one that is there, if there is one. Raises Refused: month_running, bad_month,
    no_halls, issued."""
    _check_month(month, time.business_day(now))
    if not reads.halls_below(region).exists():
        raise Refused("no_halls", f"{region.name}还没有营业厅,不能起草通报。")
    circular, fresh = Circular.objects.get_or_create(
        region=region, month=month, defaults={"made_at": now, "made_by": actor}
    )
    if fresh:
        return CircularVersion.objects.create(circular=circular, number=1, changed_at=now, changed_by=actor)
    draft = reads.draft_of(Circular.objects.select_for_update().get(pk=circular.pk))
    if draft is None:
        raise Refused("issued", f"{months.month_text(month)}通报已印发。如需修改,请打开后更正。")
    return draft


def _check_month(month: date, today: date) -> None:
    months.check_over(month, today, for_what="起草通报")
    back = parameters.number(rules.BACK_MONTHS, on=today)
    if month.day != 1 or month not in months.closed_months(today, back=back):
        raise Refused("bad_month", f"只能起草最近 {back} 个月的通报,请重新选择月份。")


def _held(version: CircularVersion, edits: int) -> CircularVersion:
    rows = CircularVersion.objects.select_for_update(of=("self",)).select_related("circular__region", "changed_by")
    held = rows.filter(pk=version.pk).first()
    if held is None:
        raise Refused("gone", "这份草稿已被撤销,请返回通报列表。")
    if held.is_issued:
        raise Refused("issued", "这份通报刚刚印发,不能再改。如需修改,请更正。")
    if held.edits != edits:
        raise Refused(
            "moved_on", f"这份通报刚被{held.changed_by.name}更新,请看过最新内容后再操作。您填写的内容还在下面。"
        )
    return held


@transaction.atomic
def save(version: CircularVersion, given: Written, *, actor: User, now: datetime) -> CircularVersion:
    """Keep what was typed and chosen. Raises Refused: too_long, too_many, strange_photo, moved_on, issued, gone."""
    texts = {code: written(text) for code, text in given.texts.items() if code in CircularPart.values}
    if long := rules.too_long(texts):
        names = "、".join(CircularPart(code).label for code in long)
        raise Refused("too_long", f"「{names}」超过 {rules.LONGEST_TEXT} 字,请精简。已填内容都在。")
    if len(given.photos) > rules.MOST_PHOTOS:
        raise Refused("too_many", f"每份通报最多 {rules.MOST_PHOTOS} 张照片,请减少选择。")
    held = _held(version, given.edits)
    held.texts, held.photos = texts, _chosen(held, given.photos, actor)
    held.edits, held.changed_by, held.changed_at = held.edits + 1, actor, now
    held.save(update_fields=["texts", "photos", "edits", "changed_by", "changed_at"])
    return held


def _chosen(version: CircularVersion, asked: Sequence[Mapping[str, str]], actor: User) -> list[dict[str, str]]:
    """What the person may choose from, or a colleague has chosen before."""
    if not asked:
        return []
    circular = version.circular
    usual = {one.key: one.caption for one in photos.choices(circular.region, circular.month, actor)}
    usual |= {one["photo"]: one["caption"] for one in version.photos if one["photo"] not in usual}
    found: dict[str, dict[str, str]] = {}
    for one in asked:
        if one["photo"] not in usual:
            raise Refused("strange_photo", "所选照片不在本月检查的扣分照片中,请重新选择。")
        caption = " ".join(written(one.get("caption", "")).split())[: rules.LONGEST_CAPTION]
        found[one["photo"]] = {"photo": one["photo"], "caption": caption or usual[one["photo"]]}
    return list(found.values())


def issue(version: CircularVersion, *, edits: int, actor: User, now: datetime) -> CircularVersion:
    """印发: figures, words and photos are frozen, the halls of the region are told.

    Counting and copying are done before anything is held. Raises Refused: photo_gone, moved_on, issued, gone.
    """
    shown = reads.shown(version, now)
    kept = frozen(version.photos)
    return _issue(shown, kept, edits=edits, actor=actor, now=now)


@transaction.atomic
def _issue(
    shown: reads.Shown, kept: list[dict[str, str]], *, edits: int, actor: User, now: datetime
) -> CircularVersion:
    Circular.objects.select_for_update().get(pk=shown.version.circular_id)
    held = _held(shown.version, edits)
    held.texts = rules.final(held.texts, shown.proposed)
    halls = reads.audience(held.circular.region)
    held.content = {**shown.content, "addressed": [hall.code for hall in halls]}
    held.photos, held.state = kept, VersionState.SIGNED
    held.issued_by, held.issued_at = actor, now
    held.save(update_fields=["texts", "content", "photos", "state", "issued_by", "issued_at"])
    circular = held.circular
    again = "(更正)" if held.number > 1 else ""
    title = f"{circular.region.name} {months.month_text(circular.month)}服务质量通报{again},请阅读并签收"
    for hall in halls:
        key = f"overview.circular.{circular.pk}.{held.number}"
        notify(managers_of(hall.pk), title=title[:100], url=address(circular), key=key)
    return held


@transaction.atomic
def correct(circular: Circular, reason: str, *, actor: User, now: datetime) -> CircularVersion:
    """更正: the next version, which begins with words and photos of the issued one. Raises Refused: no_reason,
    not_issued, draft_exists."""
    if not written(reason):
        raise Refused("no_reason", "请写明更正的原因。")
    circular = Circular.objects.select_for_update().get(pk=circular.pk)
    last = circular.versions.order_by("-number")[0]
    if not last.is_issued:
        if reads.issued_of(circular) is None:
            raise Refused("not_issued", "这份通报还没有印发,直接修改即可。")
        raise Refused("draft_exists", "已经有一份更正稿,请继续填写。")
    begun: dict[str, Any] = {
        "texts": last.texts,
        "photos": [{"photo": one["photo"], "caption": one["caption"]} for one in last.photos],
        "reason": written(reason)[:200],
        "changed_at": now,
        "changed_by": actor,
    }
    return CircularVersion.objects.create(circular=circular, number=last.number + 1, **begun)


@transaction.atomic
def drop(circular: Circular) -> bool:
    """撤销 the draft; what is issued stays. Without an issued version the circular goes with it, and False is said.
    Raises Refused: no_draft."""
    circular = Circular.objects.select_for_update().get(pk=circular.pk)
    draft = reads.draft_of(circular)
    if draft is None:
        raise Refused("no_draft", "没有可以撤销的草稿。")
    draft.delete()
    if circular.versions.exists():
        return True
    circular.delete()
    return False


@transaction.atomic
def receive(circular: Circular, hall: Hall, *, actor: User, now: datetime) -> CircularReading:
    """签收 of what counts now, once for a hall. Raises Refused: not_issued, not_addressed."""
    version = reads.issued_of(circular)
    if version is None:
        raise Refused("not_issued", "这份通报还没有印发,暂不能签收。")
    if hall.pk not in {one.pk for one in reads.addressed(version)}:
        raise Refused("not_addressed", f"这份通报没有发给{hall.name},不需要签收。")
    found, _ = CircularReading.objects.get_or_create(
        version=version, hall=hall, defaults={"read_at": now, "read_by": actor}
    )
    return found
