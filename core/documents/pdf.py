"""A document as PDF. It carries the Chinese letters it uses, so that every reader shows them."""

from datetime import datetime
from functools import singledispatch
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Image, KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from core.documents import drawing, face
from core.documents.blocks import Bars, Document, Facts, Heading, Picture, Table, Text, shown, taken
from core.documents.pictures import plain

INK, BLUE, SOFT, LINE, TINT = (HexColor(one) for one in ("#14213D", "#0072B5", "#4A5775", "#C9D3E8", "#E6F4FC"))
MARGINS = 4.4 * cm + 12  # the frame keeps 6 points on each side
ACROSS = 4


def write(document: Document, *, by: str, now: datetime) -> bytes:
    name = face.registered()
    out, size = BytesIO(), landscape(A4) if document.is_wide else A4
    made = SimpleDocTemplate(
        out, pagesize=size, leftMargin=2.2 * cm, rightMargin=2.2 * cm, topMargin=2 * cm, bottomMargin=2 * cm,
        title=document.title, author=by,
    )  # fmt: skip
    flow = [Paragraph(escape(document.title), _style(20, centred=True, after=6))]
    under = _style(9, colour=SOFT, centred=True)
    flow += [Paragraph(escape(text), under) for text in (document.sub, document.signed) if text]
    for block in document.blocks:
        flow += _flow(block, size[0] - MARGINS)

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(name, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(2.2 * cm, 1.1 * cm, taken(by, now))
        canvas.drawRightString(size[0] - 2.2 * cm, 1.1 * cm, f"第 {page.page} 页")

    made.build(flow, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _style(
    size: float, *, colour: Any = INK, centred: bool = False, before: float = 0, after: float = 3
) -> ParagraphStyle:
    return ParagraphStyle(
        "x", fontName=face.registered(), fontSize=size, leading=size * 1.55, textColor=colour, wordWrap="CJK",
        alignment=TA_CENTER if centred else 0, spaceBefore=before, spaceAfter=after,
    )  # fmt: skip


@singledispatch
def _flow(block: Any, width: float) -> list[Any]:
    raise TypeError(block)


@_flow.register
def _(block: Heading, width: float) -> list[Any]:
    style = _style(15, colour=BLUE, before=12) if block.level == 1 else _style(12, before=8)
    style.keepWithNext = 1
    return [Paragraph(escape(block.text), style)]


@_flow.register
def _(block: Text, width: float) -> list[Any]:
    style = _style(8.5, colour=SOFT) if block.is_small else _style(10)
    if not block.is_small:
        style.firstLineIndent = 20
    return [Paragraph(escape(line), style) for line in block.lines]


@_flow.register
def _(block: Facts, width: float) -> list[Any]:
    cells = [
        [Paragraph(escape(name), _style(8, colour=SOFT, after=0)), Paragraph(escape(value), _style(12.5, after=0))]
        for name, value in block.pairs
    ]
    cells += [[] for _ in range(-len(cells) % ACROSS)]
    rows = [cells[at : at + ACROSS] for at in range(0, len(cells), ACROSS)]
    grid = LongTable(rows, colWidths=[width / ACROSS] * ACROSS)
    grid.setStyle(_lines())
    grid.spaceBefore = 4  # a spacer would take the place beside a heading that is kept with what follows
    return [grid, Spacer(1, 8)]


def _lines(*more: Any, first: int = 0) -> TableStyle:
    return TableStyle([("GRID", (0, first), (-1, -1), 0.5, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"), *more])


@_flow.register
def _(block: Table, width: float) -> list[Any]:
    """A title is a row of its table, which never breaks before its first row: neither title nor heads stand alone at
    the foot of a page."""
    style = _style(10.5, before=6)
    style.keepWithNext = 1
    title = [Paragraph(escape(block.title), style)] if block.title else []
    if not block.rows:
        return [*title, *_flow(Text(block.empty, is_small=True), width)]
    small = _style(8.5, after=0)
    rows: list[Any] = [[Paragraph(escape(shown(cell)), small) for cell in row] for row in (block.heads, *block.rows)]
    rows[:0] = [[one, *[""] * (len(block.heads) - 1)] for one in title]
    head = len(title)
    widths = [width * share for share in block.shares()]
    grid = LongTable(rows, colWidths=widths, repeatRows=(head,), splitInRow=1, spaceBefore=6 * head)
    tinted = ("BACKGROUND", (0, head), (-1, head), TINT)
    above = [("SPAN", (0, 0), (-1, 0)), ("LEFTPADDING", (0, 0), (-1, 0), 0)][: 2 * head]
    grid.setStyle(_lines(tinted, *above, first=head))
    return [grid, Spacer(1, 8)]


@_flow.register
def _(block: Bars, width: float) -> list[Any]:
    return [_image(drawing.bars(block), width), Spacer(1, 6)]


@_flow.register
def _(block: Picture, width: float) -> list[Any]:
    image = plain(block.data)
    words = block.caption if image is not None else f"{block.caption}(照片无法显示)"
    caption = Paragraph(escape(words), _style(8.5, colour=SOFT))
    return [caption] if image is None else [KeepTogether([_image(image, 10 * cm), caption])]


def _image(data: bytes, width: float) -> Image:
    wide, high = ImageReader(BytesIO(data)).getSize()
    made = Image(BytesIO(data), width=width, height=width * high / wide)
    made.hAlign = "LEFT"
    return made
