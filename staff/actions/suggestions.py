"""R-S-18: a suggestion is made, answered, then adopted or declined; nobody's idea stays without a word."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core.errors import Refused
from halls.models import Hall
from messaging.actions import alert, notify
from staff.models import Suggestion, User
from staff.queries import suggestions as queries
from staff.queries.people import managers_of
from staff.rules import suggestions as rules
from staff.states import SuggestionState as S
from staff.states import SuggestionTopic


@transaction.atomic
def suggest(hall: Hall, *, author: User, words: tuple[str, str], topic: str, now: datetime) -> Suggestion:
    """`words` are title and text. The hall is one the author works at."""
    title, text = (part.strip() for part in words)
    if not author.may("hall.see", hall):
        raise PermissionDenied("只能对本人所在的营业厅提建议。")
    if not title or not text or topic not in SuggestionTopic.values:
        raise Refused("no_words", "请写明标题和内容,并选择类别。")
    made = Suggestion.objects.create(hall=hall, author=author, topic=topic, title=title, text=text, made_at=now)
    heads = [one for one in managers_of(hall.pk) if one.may("suggestion.answer", hall) and one.pk != author.pk]
    notify(heads, title=f"员工建议:{title}", body=author.name, url=_page(made), key=f"suggestion:{made.pk}:new")
    return made


@transaction.atomic
def answer(suggestion_id: int, text: str, *, actor: User, now: datetime) -> Suggestion:
    """The first word back; what is done about it may be decided later."""
    row = _locked(suggestion_id, actor)
    if not text.strip():
        raise Refused("no_answer", "请写明答复内容。")
    _move(row, S.ANSWERED)
    row.answer, row.answered_by, row.answered_at = text.strip(), actor, now
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    notify([row.author], title=f"建议已答复:{row.title}", url=_page(row), key=f"suggestion:{row.pk}:answer")
    return row


@transaction.atomic
def decide(suggestion_id: int, *, adopted: bool, actor: User, now: datetime) -> Suggestion:
    """Adopt or decline what was answered."""
    row = _locked(suggestion_id, actor)
    _move(row, S.ADOPTED if adopted else S.DECLINED)
    row.decided_by, row.decided_at = actor, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    words = S(row.state).label
    notify([row.author], title=f"建议{words}:{row.title}", url=_page(row), key=f"suggestion:{row.pk}:decided")
    return row


@transaction.atomic
def press(now: datetime) -> int:
    """Ring once at the managers for each suggestion that waits too long; return for how many."""
    rung = 0
    ids = Hall.objects.values_list("pk", flat=True)
    for row in queries.overdue(ids, now).filter(pressed_at=None):
        if not Suggestion.objects.filter(pk=row.pk, pressed_at=None).update(pressed_at=now):
            continue
        heads = [one for one in managers_of(row.hall_id) if one.may("suggestion.answer", row.hall)]
        title = f"员工建议 {row.days_open(now)} 天未答复"
        alert(heads, title=title, body=row.title, url=_page(row), key=f"suggestion:{row.pk}:late")
        rung += 1
    return rung


def _locked(suggestion_id: int, actor: User) -> Suggestion:
    row = Suggestion.objects.select_for_update(of=("self",)).select_related("hall", "author").get(pk=suggestion_id)
    if not actor.may("suggestion.answer", row.hall):
        raise PermissionDenied("没有答复员工建议的权限。如工作需要,请联系店长。")
    if row.author_id == actor.pk:
        raise Refused("own_suggestion", "本人的建议请由上级答复。")
    return row


def _move(row: Suggestion, state: str) -> None:
    if not rules.can_move(row.state, state):
        if row.state == S.NEW:
            raise Refused("not_answered", "请先答复,再决定是否采纳。")
        raise Refused("bad_move", f"这条建议{S(row.state).label},请看过最新内容后再操作。")
    row.state = state


def _page(row: Suggestion) -> str:
    return reverse("suggestion", args=[row.pk])
