"""Changes of certificates (R-S-14): recorded, withdrawn, and managers told before they end."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from core import changes, parameters, time
from core.errors import Refused
from core.models import Parameter
from halls.models import Region
from messaging.actions import alert
from staff.models import Certificate, User
from staff.queries import certificates as queries
from staff.queries.sign_ins import heads_over
from staff.rules import certificates as rules
from staff.states import CertificateKind


@dataclass(frozen=True)
class Paper:
    """What is printed on a certificate."""

    number: str
    valid_from: date
    valid_to: date
    kind: str = CertificateKind.COUNTER
    level: str = ""


@transaction.atomic
def record(person: User, paper: Paper, *, actor: User, now: datetime) -> Certificate:
    """Put a certificate on record. Raises Refused: bad_number, ends_before_start, number_taken."""
    number = paper.number.strip()
    if not number or len(number) > 40 or "\x00" in number:
        raise Refused("bad_number", "请填写证书编号,最多 40 字。")
    if paper.valid_to < paper.valid_from:
        raise Refused("ends_before_start", "证书的到期日不能早于生效日,请核对。")
    taken = Certificate.objects.filter(kind=paper.kind, number=number).select_related("person").first()
    if taken is not None:
        raise Refused("number_taken", f"证书编号 {number} 已登记在{taken.person.name}名下,请核对。")
    row = Certificate.objects.create(
        person=person,
        kind=paper.kind,
        number=number,
        level=paper.level.strip()[:20],
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        recorded_by=actor,
        recorded_at=now,
    )
    changes.record(person, "证书", actor=actor, after=f"{row} {row.valid_from}–{row.valid_to}")
    return row


@transaction.atomic
def withdraw(certificate: Certificate, *, why: str, actor: User, now: datetime) -> Certificate:
    """From today on it does not count. Raises Refused: reason_missing, withdrawn_already."""
    why = why.strip()
    if not why or "\x00" in why:
        raise Refused("reason_missing", "请填写收回原因。")
    row = Certificate.objects.select_for_update(of=("self",)).select_related("person").get(pk=certificate.pk)
    if row.withdrawn_on is not None:
        raise Refused("withdrawn_already", f"这本证书已于 {row.withdrawn_on:%Y-%m-%d} 收回。")
    row.withdrawn_on, row.withdrawn_by, row.withdrawn_why = time.business_day(now), actor, why[:100]
    row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    changes.record(row.person, "证书", actor=actor, before=str(row), after=f"已收回:{row.withdrawn_why}")
    return row


@transaction.atomic
def require_from(region: Region, day: date, *, actor: User, now: datetime) -> Parameter:
    """From that day on nobody serves in the region's halls without a certificate on record; an earlier date that has
    not come yet gives way. Raises Refused: in_the_past."""
    today = time.business_day(now)
    if day < today:
        raise Refused("in_the_past", "启用日期不能早于今天,请核对。")
    coming = Parameter.objects.filter(name=rules.REQUIRED, scope=region.code, valid_from__gte=today)
    before = "、".join(f"{row.valid_from}:{row.value}" for row in coming)
    coming.delete()
    row = Parameter.objects.create(name=rules.REQUIRED, scope=region.code, value=1, valid_from=day)
    changes.record(row, "值", actor=actor, before=before, after=1)
    return row


def remind(now: datetime) -> int:
    """Sweep: the person and the hall's managers are told early, again late, and once when it is over; once each.

    Whoever has a certificate that lasts longer is left alone. Returns how many certificates were told of.
    """
    today, told = time.business_day(now), 0
    early, late = (parameters.number(name, on=today) for name in (rules.EARLY_DAYS, rules.LATE_DAYS))
    for row in queries.ending(today, within=early):
        due = rules.reminder_due(row.valid_to, today, early=early, late=late)
        if due is None:
            continue
        said = "已到期,不能签入窗口" if due == 0 else f"将于 {row.valid_to.month} 月 {row.valid_to.day} 日到期"
        alert(
            [row.person, *heads_over(row.person, now)],
            title=f"{row.person.name}的上岗证{said}",
            body="请及时安排鉴定或换证,并登记新证。",
            url=reverse("person", args=[row.person.staff_no]),
            key=f"certificate:{row.pk}:{due}",
        )
        told += 1
    return told
