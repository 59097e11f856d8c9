"""The person ticks what is done on the first days, and takes a tick back that was one too many."""

from datetime import datetime

from django.db import transaction

from staff.models import FirstDayStep, FirstDayTick, User


@transaction.atomic
def tick(step: FirstDayStep, *, person: User, now: datetime) -> FirstDayTick:
    """The second time gives the first one's tick."""
    return FirstDayTick.objects.get_or_create(step=step, person=person, defaults={"at": now})[0]


@transaction.atomic
def untick(step: FirstDayStep, *, person: User) -> None:
    """As if it had not been ticked."""
    FirstDayTick.objects.filter(step=step, person=person).delete()
