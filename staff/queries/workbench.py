"""What a person still has to read, put right, look at or answer."""

from datetime import datetime
from typing import Any

from core import time
from staff.models import MonthSheet, User
from staff.queries import audits, bulletins, first_days, suggestions
from staff.states import MonthSheetState


def to_do(person: User, now: datetime) -> dict[str, Any]:
    """Empty values mean there is nothing of that kind."""
    today = time.business_day(now)
    mine = MonthSheet.objects.filter(person=person, state=MonthSheetState.MADE)
    objected = MonthSheet.objects.filter(hall__in=person.hall_ids("sheet.sign"), state=MonthSheetState.OBJECTED)
    return {
        "first_day": first_days.left(person, now),
        "bulletins": list(bulletins.unconfirmed(person, today)[:3]),
        "corrections": list(audits.to_correct(person)[:3]),
        "audits_open": audits.to_check(person.hall_ids("audit.check")),
        "sheets": list(mine[:3]),
        "objections": objected.exclude(person=person).count(),
        "late_suggestions": list(suggestions.overdue(person.hall_ids("suggestion.answer"), now)[:3]),
    }
