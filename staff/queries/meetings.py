"""Reads about meetings: what to talk about this morning, what was said before."""

from datetime import date, timedelta

from django.db.models import QuerySet

from core import time
from halls.models import Fault, Hall, Material
from staff.models import Bulletin, Certificate, Meeting
from staff.queries.duties import crew
from staff.states import BulletinState

MOST = 8


def meetings(hall: Hall) -> QuerySet[Meeting]:
    return Meeting.objects.filter(hall=hall).select_related("host").prefetch_related("people__person")


def suggested_topics(hall: Hall, day: date) -> list[str]:
    """Yesterday's faults, new notices, materials that end today, certificates that end within a week."""
    since, until = time.day_bounds(day - timedelta(days=1))[0], time.day_bounds(day)[1]
    faults = Fault.objects.filter(hall=hall, found_at__gte=since, found_at__lt=until).select_related("equipment")
    issued = Bulletin.objects.filter(state=BulletinState.ISSUED, issued_at__gte=since, issued_at__lt=until)
    ending = Material.objects.filter(hall=hall, retired_at=None, valid_to=day)
    papers = Certificate.objects.filter(
        person__in=crew(hall, day), withdrawn_on=None, valid_to__gte=day, valid_to__lte=day + timedelta(days=7)
    )
    topics = [f"设备故障:{fault.equipment} {fault.symptom},请留意引导客户" for fault in faults]
    topics += [f"新通知:{bulletin.title}" for bulletin in issued]
    topics += [f"今日到期物料:{material.title},下班前撤下" for material in ending]
    topics += [f"{row.person.name}的{row.get_kind_display()}将于 {row.valid_to:%m-%d} 到期" for row in papers]
    return topics[:MOST]
