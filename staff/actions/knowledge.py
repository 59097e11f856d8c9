"""Articles are written in versions: what a clerk reads today is never changed in place."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from core import time
from core.errors import Refused
from halls.models import BusinessType
from staff.models import Article, ArticleVersion, User
from staff.rules import knowledge as rules


@dataclass(frozen=True)
class Naming:
    """What an article is found by."""

    title: str
    aliases: str = ""
    business: BusinessType | None = None


@dataclass(frozen=True)
class Content:
    """What an article says from a day on."""

    conditions: str
    answer: str
    valid_from: date
    valid_to: date | None = None
    fee: str = ""
    documents: str = ""
    note: str = ""


@transaction.atomic
def add_article(naming: Naming, content: Content, *, actor: User, now: datetime) -> Article:
    """A new article with its first version."""
    _check(content, actor, now)
    if Article.objects.filter(title=naming.title).exists():
        raise Refused("title_taken", "已有同名的知识条目,请打开它修改。")
    article = Article()
    _name(article, naming)
    _add_version(article, content, actor=actor, now=now)
    return article


@transaction.atomic
def revise(article_id: int, content: Content, *, actor: User, now: datetime) -> ArticleVersion:
    """A new version on top; from its first day it is the one that clerks see."""
    article = Article.objects.select_for_update().get(pk=article_id)
    _check(content, actor, now)
    if not article.is_active:
        raise Refused("retired", "这条知识已停用,请先恢复再修改。")
    return _add_version(article, content, actor=actor, now=now)


@transaction.atomic
def rename(article_id: int, naming: Naming, *, actor: User) -> Article:
    """Other words to be found by; what it says stays."""
    article = Article.objects.select_for_update().get(pk=article_id)
    _check_right(actor)
    if Article.objects.filter(title=naming.title).exclude(pk=article.pk).exists():
        raise Refused("title_taken", "已有同名的知识条目,请换一个标题。")
    _name(article, naming)
    return article


@transaction.atomic
def set_active(article_id: int, *, active: bool, actor: User) -> Article:
    """Out of use, or back; its versions stay."""
    article = Article.objects.select_for_update().get(pk=article_id)
    _check_right(actor)
    article.is_active = active
    article.save(update_fields=["is_active"])
    return article


def letters(title: str, aliases: str) -> dict[str, str]:
    """The columns that pinyin searches read."""
    found = rules.names(title, aliases)
    return {
        "initials": rules.joined(name.initials for name in found)[:200],
        "sounds": rules.joined(name.sound for name in found)[:800],
    }


def _name(article: Article, naming: Naming) -> None:
    article.title, article.aliases, article.business = naming.title, naming.aliases, naming.business
    for name, value in letters(naming.title, naming.aliases).items():
        setattr(article, name, value)
    article.save()


def _add_version(article: Article, content: Content, *, actor: User, now: datetime) -> ArticleVersion:
    newest = article.versions.aggregate(newest=Max("number"))["newest"] or 0
    return ArticleVersion.objects.create(
        article=article,
        number=newest + 1,
        conditions=content.conditions,
        fee=content.fee,
        documents=content.documents,
        answer=content.answer,
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        note=content.note,
        edited_by=actor,
        edited_at=now,
    )


def _check(content: Content, actor: User, now: datetime) -> None:
    _check_right(actor)
    if content.valid_to is not None and content.valid_to < max(content.valid_from, time.business_day(now)):
        raise Refused("ends_too_early", "失效日期不能早于生效日期和今天。")


def _check_right(actor: User) -> None:
    if not actor.may("knowledge.edit"):
        raise PermissionDenied("没有编辑知识库的权限。如工作需要,请联系区县主管。")
