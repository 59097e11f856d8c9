"""`import_staff`: people, their jobs and certificates from a hall's list; a line is taken in whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall, Region
from staff import access
from staff.actions import certificates, employments
from staff.actions.certificates import Paper
from staff.actions.employments import Face, Hired, Job, clean_face
from staff.actions.staff_sheets import Line, lines
from staff.models import Employment, User
from staff.rules import staff_lists as rules
from staff.rules.employments import Days
from staff.states import CertificateKind

Reject = Callable[[Line, str], None]
NO_PAPERS = "没有登记这个人证书的权限。如工作需要,请联系上级。"


@dataclass
class Told:
    """What became of a list. `hired` holds the new people with their temporary passwords: shown once, kept nowhere."""

    rows: int = 0
    accepted: int = 0
    changed: int = 0
    rejected: int = 0
    hired: list[Hired] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A line as it is meant; `first` None = from today on for a new job, whatever it is for one that stands."""

    face: Face
    role: str
    kind: str
    hall: Hall | None
    region: Region | None
    first: date | None
    last: date | None
    paper: Paper | None

    def job(self, today: date) -> Job:
        return Job(self.role, self.first or today, self.hall, self.region, self.kind, self.last)


def read(path: Path, *, reject: Reject, actor: User, now: datetime, most: int | None = None) -> Told:
    """Take a list in; what cannot be taken in is told line by line. The same list again changes nothing.

    Raises Refused: no_file, too_big, bad_file, too_long, bad_header, empty_file.
    """
    found, told = lines(path), Told()
    if most is not None and len(found) > most:
        raise Refused("too_long", f"网页一次最多导入 {most} 人,请分成几份,或请管理员用命令导入。")
    for line in found:
        told.rows += 1
        try:
            _take_in(_entry(line.cells), told, actor=actor, now=now)
        except (Refused, PermissionDenied) as no:
            told.rejected += 1
            reject(line, str(no))
            continue
        told.accepted += 1
    return told


def _take_in(entry: Entry, told: Told, *, actor: User, now: datetime) -> None:
    """One line, all of it or nothing."""
    with transaction.atomic():
        person, hired = User.objects.filter(staff_no=entry.face.staff_no).first(), None
        if person is None:
            hired = employments.hire(entry.face, entry.job(time.business_day(now)), actor=actor, now=now)
            person, changed = User.objects.get(pk=hired.person.pk), True
        else:
            changed = _face(person, entry.face, actor=actor)
            changed |= _job(person, entry, actor=actor, now=now)
        if entry.paper is not None:
            changed |= _paper(person, entry.paper, actor=actor, now=now)
    if hired is not None:
        told.hired.append(hired)
    elif changed:
        told.changed += 1


def _face(person: User, face: Face, *, actor: User) -> bool:
    if person.name != face.name:
        raise Refused("number_taken", f"工号 {face.staff_no} 已由{person.name}使用,每人一个工号,请核对。")
    if not face.phone or face.phone == person.phone:
        return False
    employments.edit(person, name=face.name, phone=face.phone, actor=actor)
    return True


def _job(person: User, entry: Entry, *, actor: User, now: datetime) -> bool:
    """The job that the line names: there already, with another last day, or new."""
    twin = _standing(person, entry, time.business_day(now))
    if twin is None:
        employments.add_job(person, entry.job(time.business_day(now)), actor=actor, now=now)
        return True
    if twin.kind != entry.kind:
        raise Refused("other_kind", f"{person.name}的{twin}岗位登记为{twin.get_kind_display()},请在人员页上办理变更。")
    if entry.last == twin.valid_to or (entry.first is None and entry.last is None):
        return False
    if entry.last is None:
        raise Refused("jobs_overlap", f"{person.name}的{twin}岗位已定最后一天 {twin.valid_to},请核对。")
    employments.end_job(twin, last_day=entry.last, actor=actor, now=now)
    return True


def _standing(person: User, entry: Entry, today: date) -> Employment | None:
    """The same role at the same place: from that very day, or, where the line names no first day, of these days."""
    same = person.employments.filter(role=entry.role, hall=entry.hall, region=entry.region)
    if entry.first is not None:
        return same.filter(valid_from=entry.first).first()
    days = Days(min(today, entry.last or today), entry.last)
    return next((job for job in same if job.days.overlaps(days)), None)


def _paper(person: User, paper: Paper, *, actor: User, now: datetime) -> bool:
    known = person.certificates.filter(kind=paper.kind, number=paper.number).first()
    if known is not None and (known.valid_from, known.valid_to) == (paper.valid_from, paper.valid_to):
        return False
    if known is not None:
        raise Refused(
            "other_dates", f"上岗证 {paper.number} 已登记有效期 {known.valid_from} 至 {known.valid_to},请核对。"
        )
    if not access.may_certify(actor, person):
        raise Refused("not_ours", NO_PAPERS)
    certificates.record(person, paper, actor=actor, now=now)
    return True


def _entry(cells: dict[str, str]) -> Entry:
    """Raises Refused with the reason that goes into the reject file."""
    if any(not cell.isprintable() for cell in cells.values()):
        raise Refused("bad_line", "有不能识别的字符,请核对。")
    role = rules.ROLES.get(cells["role"])
    if role is None:
        raise Refused("bad_role", f"没有岗位「{cells['role']}」,请核对。")
    kind = rules.KINDS.get(cells.get("kind", ""))
    if kind is None:
        raise Refused("bad_kind", f"用工应为正式、见习、学生或临时,不是「{cells['kind']}」。")
    hall, region = _place(cells.get("place", ""), cells.get("region", ""))
    face = clean_face(Face(_number(cells["staff_no"], cells["name"]), cells["name"], cells.get("phone", "")))
    first, last = _day(cells, "first", "起"), _day(cells, "last", "止")
    return Entry(face, role, kind, hall, region, first, last, _certificate(cells))


def _certificate(cells: dict[str, str]) -> Paper | None:
    number = cells.get("paper", "")
    first, last = _day(cells, "paper_first", "上岗证有效期起"), _day(cells, "paper_last", "上岗证有效期止")
    if not number and first is None and last is None:
        return None
    if not number or first is None or last is None:
        raise Refused("half_paper", "上岗证号与有效期起、止请一起填写。")
    return Paper(number, first, last, CertificateKind.COUNTER)


def _day(cells: dict[str, str], key: str, word: str) -> date | None:
    try:
        return rules.day_of(cells.get(key, ""))
    except ValueError:
        raise Refused("bad_day", f"「{word}」的日期 {cells[key]} 不能识别,请写成 2026-01-31。") from None


def _number(text: str, name: str) -> str:
    """A number that lost its zeros is that of the person with the same name whose number has them."""
    if text.isascii() and text.isdigit() and not User.objects.filter(staff_no=text).exists():
        whole = User.objects.filter(staff_no__regex=rf"^0+{text}$", name=name).values_list("staff_no", flat=True)
        if len(whole) == 1:
            return str(whole[0])
    return text


def _place(place: str, region: str) -> tuple[Hall | None, Region | None]:
    """A hall or a region by code or name; a list may name the district beside the hall: the hall is meant then."""
    if place:
        halls = list(Hall.objects.filter(code=place)) or list(Hall.objects.filter(name=place)[:2])
        if len(halls) == 1:
            return halls[0], None
        if len(halls) > 1:
            raise Refused("two_places", f"有几个营业厅叫「{place}」,请改写代码。")
    word = place or region
    regions = list(Region.objects.filter(code=word)) or list(Region.objects.filter(name=word)[:2]) if word else []
    if len(regions) == 1:
        return None, regions[0]
    if len(regions) > 1:
        raise Refused("two_places", f"有几个区域叫「{word}」,请改写代码。")
    raise Refused("no_place", f"没有营业厅或区域「{word}」,请核对。" if word else "请填写营业厅或区域。")
