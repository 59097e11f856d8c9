"""Articles of the knowledge base as they hold on a day, found in two questions however many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from staff.models import Article, ArticleVersion
from staff.rules import knowledge as rules

MOST = 20


@dataclass(frozen=True)
class Entry:
    """An article with the version in force."""

    article: Article
    version: ArticleVersion


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def _current(rows: QuerySet[Article], on: date) -> list[Entry]:
    """Those with a version that holds on the day."""
    versions = ArticleVersion.objects.filter(in_force(on)).select_related("edited_by").order_by("-number")
    found = rows.select_related("business").prefetch_related(Prefetch("versions", versions, to_attr="holding"))
    return [Entry(one, one.holding[0]) for one in found if one.holding]


def entries(on: date) -> list[Entry]:
    return _current(Article.objects.filter(is_active=True), on)


def find(asked: str, on: date, *, most: int = MOST) -> list[Entry]:
    """By title, other names, business, or the pinyin of the names: whole, or the initials. Nearest first."""
    letters = rules.needle(asked)
    if not letters:
        return []
    words = Q(title__icontains=letters) | Q(aliases__icontains=letters) | Q(business__name__icontains=letters)
    heard = Q(initials__contains=letters) | Q(sounds__contains=f" {letters}")
    rows = _current(Article.objects.filter(words | heard, is_active=True), on)
    return sorted(rows, key=lambda one: (_rank(letters, one.article), one.article.title))[:most]


def _rank(letters: str, article: Article) -> int:
    return rules.rank(letters, title=article.title, initials=article.initials, sounds=article.sounds)


def for_business(code: str, on: date) -> list[Entry]:
    return _current(Article.objects.filter(business__code=code, is_active=True), on)


def of_articles(pks: Iterable[int], on: date) -> list[Entry]:
    return _current(Article.objects.filter(pk__in=list(pks), is_active=True), on)


def ending(on: date, *, days: int) -> list[Entry]:
    """Whose version ends soon and has no successor: somebody has to look at them."""
    last = on + timedelta(days=days)
    rows = [one for one in entries(on) if one.version.valid_to is not None and one.version.valid_to <= last]
    after = set(
        ArticleVersion.objects.filter(article__in=[one.article.pk for one in rows])
        .filter(Q(valid_to=None) | Q(valid_to__gt=last))
        .values_list("article_id", flat=True)
    )
    return [one for one in rows if one.article.pk not in after]
