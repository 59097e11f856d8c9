"""评分表: a draft is edited freely, a published version never again; the next one begins as its copy."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.errors import Refused
from inspections.models import CardVersion, Question, Scorecard
from inspections.rules import cards as rules
from inspections.rules import drafts
from inspections.rules.questions import PRICES
from inspections.states import CardState
from staff.models import User


@transaction.atomic
def begin_card(code: str, name: str, total_points: int, *, now: datetime) -> CardVersion:
    """A new card with an empty first draft. Raises Refused when its code is taken.

    Whether it is ranked or walked as a patrol is set apart (settings), once it is published.
    """
    if Scorecard.objects.filter(code__iexact=code).exists():
        raise Refused("card_exists", f"代码 {code} 已有评分表。")
    card = Scorecard.objects.create(code=code, name=name)
    return CardVersion.objects.create(
        card=card, number=1, content=drafts.empty(code, name, total_points), edited_at=now
    )


@transaction.atomic
def begin_draft(card: Scorecard, *, now: datetime) -> CardVersion:
    """A copy of the newest version; the one that is there already, if there is one."""
    card = Scorecard.objects.select_for_update().get(pk=card.pk)
    newest = card.versions.order_by("-number").first()
    if newest is None:
        raise Refused("no_version", "这张评分表还没有内容。")
    if newest.state == CardState.DRAFT:
        return newest
    return CardVersion.objects.create(card=card, number=newest.number + 1, content=newest.content, edited_at=now)


@transaction.atomic
def save_draft(version: CardVersion, content: dict[str, Any], *, note: str, now: datetime) -> CardVersion:
    """Keeps what was typed, sound or not: soundness is asked for when it is published."""
    version = CardVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != CardState.DRAFT:
        raise Refused("card_is_published", "这一版已经发布,不能再改。请先建立新版本。")
    version.content, version.note, version.edited_at = content, note[:200], now
    version.save()
    return version


@transaction.atomic
def publish(version: CardVersion, *, actor: User, now: datetime) -> CardVersion:
    """New visits take it from now on; visits that are arranged or under way keep the version they have."""
    version = CardVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != CardState.DRAFT:
        raise Refused("card_is_published", "这一版已经发布。")
    if found := rules.faults(version.content):
        raise Refused("card_not_sound", f"还有 {len(found)} 处需要修改:{found[0]}")
    version.state, version.published_at, version.published_by = CardState.PUBLISHED, now, actor
    version.save()
    return version


def check_question(question: Question) -> None:
    """Raises Refused unless it has key points with a price of 3, 4 or 5 (AMB-07)."""
    points = question.points
    if not isinstance(points, list) or not points:
        raise Refused("no_key_points", "请至少写一个要点。")
    for one in points:
        if not isinstance(one, dict) or not str(one.get("text", "")).strip() or one.get("price") not in PRICES:
            raise Refused("bad_key_point", "每个要点要有内容,价格为 3、4 或 5 分。")
