"""What the product must have before the first complaint: limits, teams, categories."""

from django.db import transaction

from complaints.models import Category, PolicyVersion, ReplyTemplate, Team
from complaints.rules import first_tree as tree
from complaints.rules.policy import FIRST_BODY
from core import time


def current_policy() -> PolicyVersion:
    """The limits in force; the first ones are written down when nobody has set any."""
    found = PolicyVersion.objects.order_by("-version").first()
    return found or prepare()


@transaction.atomic
def prepare() -> PolicyVersion:
    """Write the first limits, teams and categories where there are none. Safe at once from several sides."""
    first, _ = PolicyVersion.objects.get_or_create(version=1, defaults={"body": FIRST_BODY, "made_at": time.now()})
    if not Team.objects.exists():
        for place, (code, name, hours) in enumerate(tree.TEAMS):
            facts = {"name": name, "answer_hours": hours, "is_hall": code == tree.HALL_TEAM, "order": place}
            Team.objects.get_or_create(code=code, defaults=facts)
    if not Category.objects.exists():
        _write_tree()
    if not ReplyTemplate.objects.exists():
        ReplyTemplate.objects.bulk_create(
            ReplyTemplate(title=title, text=text, order=place) for place, (title, text) in enumerate(tree.TEMPLATES)
        )
    return PolicyVersion.objects.order_by("-version").first() or first


def _write_tree() -> None:
    teams = {team.code: team for team in Team.objects.all()}
    for place, (code, (team, below)) in enumerate(tree.TREE.items()):
        facts = {"name": tree.Tree(code).label, "team": teams.get(team), "order": place}
        upper, _ = Category.objects.get_or_create(code=code, defaults=facts)
        for number, name in enumerate(below, start=1):
            lower = {"name": name, "parent": upper, "team": teams.get(team), "order": number}
            Category.objects.get_or_create(code=f"{code}-{number}", defaults=lower)
