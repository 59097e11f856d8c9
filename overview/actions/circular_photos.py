"""The bytes of a circular's photos: those of the visit while it is a draft, its own copies once it is issued."""

from collections.abc import Mapping, Sequence

from core.documents.pictures import plain
from core.errors import Refused
from halls.actions import keep_picture, pictures_folder
from inspections.actions.photos import path_of
from overview.models import CircularVersion
from overview.queries import circular_photos as reads

FOLDER = "circulars"
Row = Mapping[str, str]


def frozen(photos: Sequence[Row]) -> list[dict[str, str]]:
    """Copies of the chosen photos, small and without what a camera wrote into them, so that they outlive the visit's.

    Outside any transaction. Raises Refused: photo_gone.
    """
    known = reads.known([one["photo"] for one in photos])
    found = []
    for one in photos:
        choice = known.get(one["photo"])
        data = _read(choice) if choice else None
        picture = plain(data) if data else None
        if picture is None:
            raise Refused("photo_gone", f"照片「{one['caption']}」已删除或不再成立,请取消选择后再印发。")
        found.append({**one, "file": keep_picture(picture, FOLDER)})
    return found


def pictures_of(version: CircularVersion) -> list[tuple[bytes, str]]:
    """Bytes and caption of each photo for a document; one that is gone has none and is said to be missing."""
    if version.is_issued:
        files = [pictures_folder(FOLDER) / one["file"] for one in version.photos]
        return [
            (file.read_bytes() if file.exists() else b"", one["caption"])
            for file, one in zip(files, version.photos, strict=True)
        ]
    known = reads.known([one["photo"] for one in version.photos])
    return [
        ((_read(choice) if (choice := known.get(one["photo"])) else None) or b"", one["caption"])
        for one in version.photos
    ]


def _read(choice: reads.Choice) -> bytes | None:
    path = path_of(choice.photo)
    return path.read_bytes() if path.exists() else None
