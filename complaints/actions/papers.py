"""Files of a case, and looks at what is confidential."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from complaints.actions.journal import Entry, locked, write
from complaints.models import Attachment, Complaint, Look
from complaints.rules import files
from complaints.states import Did, LookFor
from core.errors import Refused
from staff.models import User

MOST_FILES = 20


def attach(complaint_id: int, name: str, data: bytes, *, person: User, now: datetime) -> Attachment:
    """Keep a file that is what it says. Raises Refused: too_big, bad_file, too_many, same_file, bad_move.

    The file is written before the transaction: a row never points to nothing, a file without a row is only litter.
    """
    if len(data) > files.MOST_BYTES:
        raise Refused("too_big", "附件最大 20 MB,请压缩或分开上传。")
    kind = files.kind_of(data)
    if kind is None:
        raise Refused("bad_file", "只能上传图片(jpg、png)、PDF 或 mp3 录音;这个文件的内容不是其中一种。")
    shown = files.clean_name(name)
    row = Attachment(complaint_id=complaint_id, name=shown, kind=kind, size=len(data), added_at=now, added_by=person)
    row.digest = hashlib.sha256(data).hexdigest()
    row.file.save(shown, ContentFile(data), save=False)
    try:
        _keep(row, person=person, now=now)
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


@transaction.atomic
def _keep(row: Attachment, *, person: User, now: datetime) -> None:
    complaint = locked(row.complaint_id)
    kept = complaint.attachments.all()
    if kept.count() >= MOST_FILES:
        raise Refused("too_many", f"一张投诉单最多 {MOST_FILES} 个附件。")
    if kept.filter(digest=row.digest).exists():
        raise Refused("same_file", "这个文件已经上传过。")
    data = {"name": row.name, "kind": str(row.kind), "digest": row.digest}
    write(complaint, Entry(Did.ATTACHED, data), person=person, now=now)
    row.save(force_insert=True)


def look(complaint: Complaint, reason: str, what: str, *, person: User, now: datetime) -> Look:
    """R-C-21: note who sees a whole number or a file, and why. Raises Refused("bad_reason")."""
    if reason not in LookFor.values:
        raise Refused("bad_reason", "请选择查看原因。")
    return Look.objects.create(complaint=complaint, at=now, person=person, reason=reason, what=what[:120])


def reveal_phone(complaint: Complaint, reason: str, *, person: User, now: datetime) -> str:
    """The whole number, on record."""
    look(complaint, reason, "完整号码", person=person, now=now)
    return complaint.phone
