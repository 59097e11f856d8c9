"""Documents that leave the product on paper: said once as blocks, written as Word, PDF or Excel."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from core.documents import excel, pdf, word
from core.documents.blocks import Bars, Block, Document, Facts, Heading, Picture, Table, Text

__all__ = ["Bars", "Block", "Document", "Facts", "Heading", "Picture", "Table", "Text", "answer", "written"]

WRITERS: dict[str, tuple[Any, str]] = {
    "docx": (word.write, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf.write, "application/pdf"),
    "xlsx": (excel.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def written(document: Document, kind: str, *, by: str, now: datetime) -> bytes:
    """The file's bytes. `kind`: docx, pdf, xlsx. Raises KeyError for another one."""
    writer, _ = WRITERS[kind]
    made: bytes = writer(document, by=by, now=now)
    return made


def answer(document: Document, kind: str, *, name: str, by: str, now: datetime) -> HttpResponse:
    """The document as a download under a Chinese name."""
    response = HttpResponse(written(document, kind, by=by, now=now), content_type=WRITERS[kind][1])
    response["Content-Disposition"] = f"attachment; filename=\"document.{kind}\"; filename*=UTF-8''{quote(name)}.{kind}"
    response["Cache-Control"] = "no-store"
    return response
