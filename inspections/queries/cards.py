"""Cards in force, and the questions of a visit."""

from datetime import date, timedelta

from core import parameters
from halls.models import Hall
from halls.queries import scopes
from inspections.models import AskedQuestion, CardVersion, Question, Scorecard
from inspections.rules import questions as rules
from inspections.rules.questions import Candidate
from inspections.states import CardState


def in_force(card: Scorecard) -> CardVersion | None:
    """The newest published version."""
    return card.versions.filter(state=CardState.PUBLISHED).order_by("-number").first()


def ranked() -> CardVersion | None:
    """The card that halls are ranked by."""
    rows = CardVersion.objects.filter(card__is_ranked=True, state=CardState.PUBLISHED)
    return rows.select_related("card").order_by("-published_at", "-number").first()


def patrol() -> CardVersion | None:
    rows = CardVersion.objects.filter(card__is_patrol=True, state=CardState.PUBLISHED)
    return rows.select_related("card").order_by("-number").first()


def asked_lately(hall: Hall, day: date) -> set[int]:
    months = parameters.number(rules.REPEAT_MONTHS, on=day, scopes=scopes(hall))
    since = day - timedelta(days=31 * months)
    return set(
        AskedQuestion.objects.filter(visit__hall=hall, visit__planned_on__gt=since).values_list("question", flat=True)
    )


def questions_for(hall: Hall, day: date, seed: str) -> list[int]:
    """Two or more, by business, none of the hall's last three months."""
    candidates = [
        Candidate(one.pk, str(one.business_id), one.valid_from, one.valid_to) for one in Question.objects.all()
    ]
    count = parameters.number(rules.QUESTIONS_PER_VISIT, on=day, scopes=scopes(hall))
    return rules.draw(candidates, asked_lately(hall, day), count, on=day, seed=seed)
