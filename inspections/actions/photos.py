"""Photos come in parts, at any time, in any number of tries; what counts is the bytes that are there."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction

from core import pictures
from core.errors import Refused
from inspections.actions import submitting
from inspections.models import Photo, Visit
from inspections.states import VisitState


@dataclass(frozen=True)
class Received:
    """How many bytes of a photo are here."""

    received: int
    size: int
    is_complete: bool


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "inspections"


def path_of(photo: Photo) -> Path:
    """By the photo's own id: two photos with the same bytes are two files, and neither shows the other."""
    suffix = photo.extension if photo.completed_at else "part"
    return folder() / str(photo.id)[:2] / f"{photo.id}.{suffix}"


def received(photo: Photo) -> Received:
    if photo.completed_at:
        return Received(photo.size, photo.size, True)
    path = path_of(photo)
    return Received(path.stat().st_size if path.exists() else 0, photo.size, False)


def add_part(photo_id: UUID, offset: int, data: bytes, *, now: datetime) -> Received:
    """Append bytes where the file ends. A part that is already there is skipped, so a repeated one does no harm.

    Raises Refused: `wrong_offset` (a gap), `photo_too_large` (more than announced), `photo_broken` (the whole is not
    what was announced; it begins anew), `not_a_picture`, `photo_removed`.
    """
    with _held(photo_id) as photo:
        here = received(photo)
        if photo.is_removed:
            raise Refused("photo_removed", "这张照片已删除,不再上传。")
        if here.is_complete:
            return here
        if offset > here.received:
            raise Refused("wrong_offset", f"照片已收到 {here.received} 字节,请从那里接着传。")
        if offset + len(data) > photo.size:
            raise Refused("photo_too_large", "传来的内容比登记的照片大,请重新拍摄。")
        fresh = data[here.received - offset :]
        if fresh:
            path = path_of(photo)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(fresh)
                _to_disk(file)
        here = received(photo)
        if here.received < photo.size:
            return here
    return finish(photo_id, now=now)


def finish(photo_id: UUID, *, now: datetime) -> Received:
    """The bytes are whole: are they what was announced, and a picture? Else they go, and the upload begins anew."""
    visit_id = Photo.objects.values_list("visit", flat=True).get(pk=photo_id)
    with transaction.atomic():
        visit = Visit.objects.select_for_update(of=("self",)).select_related("hall__region").get(pk=visit_id)
        with _held(photo_id) as photo:
            if photo.completed_at:
                return received(photo)
            part = path_of(photo)
            data = part.read_bytes() if part.exists() else b""
            picture = pictures.read(data)
            if picture is not None and _is_as_announced(photo, data):
                photo.extension, photo.completed_at = picture.extension, now
                part.rename(path_of(photo))
                photo.save(update_fields=["extension", "completed_at"])
                _note_arrival(visit, now)
                return received(photo)
            part.unlink(missing_ok=True)
    if _is_as_announced(photo, data):
        raise Refused("not_a_picture", "这个文件不是照片(JPEG、PNG 或 WebP),没有收下。")
    raise Refused("photo_broken", "照片在传输中受损,将自动重新上传。")


def _is_as_announced(photo: Photo, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == photo.sha256


def _note_arrival(visit: Visit, now: datetime) -> None:
    """The last photo of a visit that was handed in puts it on record."""
    if visit.state == VisitState.UPLOADING and not submitting.missing_photos(visit):
        submitting.arrive(visit, now=now)
        visit.save(update_fields=["state"])


@contextmanager
def _held(photo_id: UUID) -> Iterator[Photo]:
    """One writer at a time. The file is written inside the lock: it is the photo."""
    with transaction.atomic():
        yield Photo.objects.select_for_update().get(pk=photo_id)


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
