"""People come, change jobs and leave. History is kept; access follows the same minute."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import changes, time
from core.errors import Refused
from core.phones import clean_phone
from halls.models import Hall, Region
from staff import access
from staff.actions.people import give_temporary_password
from staff.actions.sign_ins import end_access
from staff.models import Employment, User
from staff.queries.people import in_force
from staff.rules import employments as rules
from staff.states import AccessEnd, JobKind

STAFF_NO = re.compile(r"(?=.*[0-9])[A-Za-z0-9]{3,20}")  # pages have names of letters only
NAME_MOST = 40
NOT_OURS = "只能办理本人管理范围内下级人员的手续。如工作需要,请联系上级。"


@dataclass(frozen=True)
class Face:
    """Who somebody is: the 工号 of their own (R-S-13), name, and a phone if known."""

    staff_no: str
    name: str
    phone: str = ""


@dataclass(frozen=True)
class Job:
    """A role at a hall or in a region, before it is anybody's."""

    role: str
    valid_from: date
    hall: Hall | None = None
    region: Region | None = None
    kind: str = JobKind.REGULAR
    valid_to: date | None = None


@dataclass(frozen=True)
class Hired:
    """`password` is temporary, kept nowhere and shown once."""

    person: User
    password: str


@transaction.atomic
def hire(face: Face, job: Job, *, actor: User, now: datetime) -> Hired:
    """A new person with a first job. Raises Refused: bad_staff_no, bad_name, bad_phone, number_taken and those of
    `add_job`; PermissionDenied for a job above the actor or outside the actor's places."""
    face = clean_face(face)
    taken = User.objects.filter(staff_no=face.staff_no).first()
    if taken is not None:
        raise Refused("number_taken", f"工号 {face.staff_no} 已由{taken.name}使用,每人一个工号,请核对。")
    person = User(staff_no=face.staff_no, name=face.name, phone=face.phone)
    person.set_unusable_password()
    person.save()
    changes.record(person, "人员", actor=actor, after="新建")
    _add(person, job, actor=actor)
    return Hired(person, give_temporary_password(person, now=now))


def clean_face(face: Face) -> Face:
    """Raises Refused: bad_staff_no, bad_name, bad_phone."""
    staff_no, name = face.staff_no.strip(), face.name.strip()
    if not STAFF_NO.fullmatch(staff_no):
        raise Refused("bad_staff_no", "工号为 3–20 位字母或数字,至少一位数字,请核对。")
    if not name or len(name) > NAME_MOST or not name.isprintable():
        raise Refused("bad_name", f"请填写姓名,最多 {NAME_MOST} 字。")
    return Face(staff_no, name, clean_phone(face.phone) if face.phone.strip() else "")


@transaction.atomic
def edit(person: User, *, name: str, phone: str, actor: User) -> User:
    """Another name or phone. Raises Refused: bad_name, bad_phone; PermissionDenied."""
    row = _locked(person, actor)
    face = clean_face(Face(row.staff_no, name, phone))
    for field, label in (("name", "姓名"), ("phone", "手机号")):
        before, after = getattr(row, field), getattr(face, field)
        if before != after:
            changes.record(row, label, actor=actor, before=before, after=after)
            setattr(row, field, after)
    row.save(update_fields=["name", "phone"])
    return row


@transaction.atomic
def add_job(person: User, job: Job, *, actor: User, now: datetime) -> Employment:
    """A further job; two of the same kind at the same place on the same day are refused.

    Raises Refused: no_place, bad_place, bad_dates, jobs_overlap, has_left; PermissionDenied.
    """
    row = _locked(person, actor)
    if not row.is_active:
        raise Refused("has_left", f"{row.name}已离职。如返岗,请办理返岗并发放新密码。")
    return _add(row, job, actor=actor)


def _add(person: User, job: Job, *, actor: User) -> Employment:
    check_job(job, actor=actor)
    row = Employment(
        user=person,
        role=job.role,
        hall=job.hall,
        region=job.region,
        kind=job.kind,
        valid_from=job.valid_from,
        valid_to=job.valid_to,
    )
    _check_twin(row)
    row.save()
    changes.record(person, "岗位", actor=actor, after=f"{row}({row.get_kind_display()}){row.days.text}")
    return row


def check_job(job: Job, *, actor: User) -> None:
    """What can be said of a job before it is somebody's.

    Raises Refused: no_place, bad_place, bad_dates; PermissionDenied.
    """
    if (job.hall is None) == (job.region is None):
        raise Refused("no_place", "请选择营业厅或区域,两者选一。")
    if problem := rules.place_problem(job.role, at_hall=job.hall is not None):
        raise Refused("bad_place", problem)
    if problem := rules.dates_problem(job.kind, job.valid_from, job.valid_to):
        raise Refused("bad_dates", problem)
    if not access.may_give(actor, job.role, hall=job.hall, region=job.region):
        raise PermissionDenied("没有在该处设这个岗位的权限。如工作需要,请联系上级。")


def _check_twin(row: Employment) -> None:
    twin = row.twin()
    if twin is not None:
        raise Refused(
            "jobs_overlap", f"{row.user.name}的{twin}岗位({twin.days.text})与所填日期重叠,请先结束原岗位或改日期。"
        )


@transaction.atomic
def end_job(job: Employment, *, last_day: date, actor: User, now: datetime) -> Employment:
    """Set the last day of a job, in the past, today or to come. Without another job access ends with it.

    Raises Refused: bad_dates, jobs_overlap; PermissionDenied.
    """
    person = _locked(job.user, actor)
    row = Employment.objects.select_related("hall", "region", "user").get(pk=job.pk)
    if problem := rules.dates_problem(row.kind, row.valid_from, last_day):
        raise Refused("bad_dates", problem)
    before, row.valid_to = row.days.text, last_day
    _check_twin(row)
    row.save(update_fields=["valid_to"])
    changes.record(person, "岗位", actor=actor, before=f"{row} {before}", after=row.days.text)
    if not person.employments.filter(in_force(time.business_day(now))).exists():
        end_access(person, AccessEnd.LEFT, by=actor, now=now)
    return row


@transaction.atomic
def leave(person: User, *, why: str, actor: User, now: datetime) -> User:
    """Gone from this minute: jobs end today, those to come never begin, nothing opens any more. History stays.

    Raises Refused: has_left, reason_missing; PermissionDenied.
    """
    row = _locked(person, actor)
    why = why.strip()
    if not row.is_active:
        raise Refused("has_left", f"{row.name}已离职。")
    if not why or not why.isprintable():
        raise Refused("reason_missing", "请填写离职原因。")
    today = time.business_day(now)
    for job in row.employments.filter(valid_from__gt=today).select_related("hall", "region"):
        changes.record(row, "岗位", actor=actor, before=f"{job} {job.days.text}", after="未开始,取消")
        job.delete()
    row.employments.filter(in_force(today)).update(valid_to=today)
    row.is_active = False
    row.save(update_fields=["is_active"])
    changes.record(row, "在职", actor=actor, before="是", after=f"离职:{why[:100]}")
    end_access(row, AccessEnd.LEFT, by=actor, now=now)
    return row


@transaction.atomic
def return_to_work(person: User, job: Job, *, actor: User, now: datetime) -> Hired:
    """Somebody who left comes back under the own number, with a new job and a temporary password.

    Raises Refused: is_here and those of `add_job`; PermissionDenied.
    """
    row = _locked(person, actor)
    if row.is_active:
        raise Refused("is_here", f"{row.name}在职,请直接添加岗位。")
    row.is_active = True
    row.save(update_fields=["is_active"])
    changes.record(row, "在职", actor=actor, before="否", after="返岗")
    _add(row, job, actor=actor)
    return Hired(row, give_temporary_password(row, now=now))


def _locked(person: User, actor: User) -> User:
    row = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not access.may_manage(actor, row):
        raise PermissionDenied(NOT_OURS)
    return row
