"""What a hall's manager knows of a person and the roster has to respect. Kept from others' eyes where it is private."""

from datetime import date, datetime, timedelta

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from staff.models import PostSkill, PrivateRule, Unavailability, User, WorkTerms
from staff.queries.people import in_force
from staff.states import Post


def _refuse_strangers(hall: Hall, person: User) -> None:
    today = time.business_day(time.now())
    if not person.employments.filter(in_force(today), hall=hall).exists():
        raise Refused("not_here", f"{person.name} 不在本厅,请选择本厅的人员。")


@transaction.atomic
def add_private_rule(hall: Hall, person: User, kind: str, *, reason: str, actor: User) -> PrivateRule:
    """From today on, until it is ended. Raises Refused: not_here, known."""
    _refuse_strangers(hall, person)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    today = time.business_day(time.now())
    if PrivateRule.objects.filter(in_force(today), user=person, kind=kind).exists():
        raise Refused("known", f"{person.name} 已有这项照顾。")
    return PrivateRule.objects.create(user=person, kind=kind, reason=reason.strip(), valid_from=today, made_by=actor)


@transaction.atomic
def end_private_rule(hall: Hall, rule_id: int) -> None:
    """Yesterday was its last day; one begun today never was. Raises Refused("not_here")."""
    rule = PrivateRule.objects.select_for_update(of=("self",)).select_related("user").get(pk=rule_id)
    _refuse_strangers(hall, rule.user)
    today = time.business_day(time.now())
    if rule.valid_from == today:
        rule.delete()
    else:
        rule.valid_to = today - timedelta(days=1)
        rule.save(update_fields=["valid_to"])


@transaction.atomic
def set_hours(hall: Hall, person: User, hours: int, *, since: date) -> WorkTerms:
    """Contract hours a week from a day on. Raises Refused: not_here, bad_hours."""
    _refuse_strangers(hall, person)
    if not 1 <= hours <= 44:
        raise Refused("bad_hours", "合同每周工时应为 1–44 小时。")
    WorkTerms.objects.filter(user=person, valid_from__gte=since).delete()
    WorkTerms.objects.filter(user=person, valid_to=None).update(valid_to=since - timedelta(days=1))
    return WorkTerms.objects.create(user=person, weekly_hours=hours, valid_from=since)


@transaction.atomic
def add_unavailability(hall: Hall, person: User, weekday: int, *, span: tuple[str, str], now: datetime) -> None:
    """Hours of a weekday at which somebody can't work. Raises Refused: not_here, bad_span."""
    _refuse_strangers(hall, person)
    begins, ends = (datetime.strptime(text, "%H:%M").time() for text in span)  # noqa: DTZ007  a clock has no zone
    if ends <= begins:
        raise Refused("bad_span", "结束时间应在开始之后,请核对。")
    Unavailability.objects.create(
        user=person, weekday=weekday, begins=begins, ends=ends, valid_from=time.business_day(now)
    )


@transaction.atomic
def end_unavailability(hall: Hall, row_id: int) -> None:
    row = Unavailability.objects.select_for_update(of=("self",)).select_related("user").get(pk=row_id)
    _refuse_strangers(hall, row.user)
    row.delete()


@transaction.atomic
def set_zone_skill(hall: Hall, person: User, *, able: bool) -> None:
    """Whether somebody knows the work of the 全球通 zone."""
    _refuse_strangers(hall, person)
    if able:
        PostSkill.objects.get_or_create(user=person, post=Post.ZONE)
    else:
        PostSkill.objects.filter(user=person, post=Post.ZONE).delete()
