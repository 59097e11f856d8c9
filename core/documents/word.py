"""A document as Word writes it: headings are headings, so that its outline and table of contents work."""

from datetime import datetime
from functools import singledispatch
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from core.documents import drawing
from core.documents.blocks import Bars, Document, Facts, Heading, Picture, Table, Text, shown, taken
from core.documents.pictures import plain

FACE = "微软雅黑"
INK, BLUE, SOFT = RGBColor(0x14, 0x21, 0x3D), RGBColor(0, 0x72, 0xB5), RGBColor(0x4A, 0x57, 0x75)
WIDTH, WIDE = Cm(16.6), Cm(25.3)
ACROSS = 4


def write(document: Document, *, by: str, now: datetime) -> bytes:
    made = docx.Document()
    for section in made.sections:
        sides = (Cm(21), Cm(29.7))
        section.page_width, section.page_height = sides[::-1] if document.is_wide else sides
        section.orientation = WD_ORIENT.LANDSCAPE if document.is_wide else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2)
        section.footer.paragraphs[0].text = taken(by, now)
        _soft(section.footer.paragraphs[0])
    for name in ("Normal", "Heading 1", "Heading 2", "Title"):
        _faced(made.styles[name])
    made.core_properties.title, made.core_properties.author = document.title, by
    made.add_paragraph(document.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in filter(None, (document.sub, document.signed)):
        line = made.add_paragraph(text)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _soft(line)
    for block in document.blocks:
        _put(block, made)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _faced(style: Any) -> None:
    """Chinese letters take their face from a name of their own."""
    style.font.name = FACE
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(name), FACE)
    for name in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    size, colour = {"Title": (20, INK), "Heading 1": (15, BLUE), "Heading 2": (12.5, INK)}.get(style.name, (10.5, INK))
    style.font.size, style.font.color.rgb = Pt(size), colour


def _soft(line: Any) -> None:
    for run in line.runs:
        run.font.size, run.font.color.rgb = Pt(9), SOFT


@singledispatch
def _put(block: Any, made: Any) -> None:
    raise TypeError(block)


@_put.register
def _(block: Heading, made: Any) -> None:
    made.add_heading(block.text, level=block.level)


@_put.register
def _(block: Text, made: Any) -> None:
    for line in block.lines:
        paragraph = made.add_paragraph(line)
        paragraph.paragraph_format.space_after = Pt(4)
        if block.is_small:
            _soft(paragraph)
        else:
            paragraph.paragraph_format.first_line_indent = Pt(21)


@_put.register
def _(block: Facts, made: Any) -> None:
    pairs = list(block.pairs)
    grid = made.add_table(rows=-(-len(pairs) // ACROSS), cols=ACROSS, style="Table Grid")
    for at, (name, value) in enumerate(pairs):
        cell = grid.cell(at // ACROSS, at % ACROSS)
        cell.text = name
        _soft(cell.paragraphs[0])
        told = cell.add_paragraph().add_run(value)
        told.bold, told.font.size = True, Pt(13)
    made.add_paragraph()


@_put.register
def _(block: Table, made: Any) -> None:
    if block.title:
        title = made.add_paragraph()
        title.add_run(block.title).bold = True
        title.paragraph_format.keep_with_next = True
    if not block.rows:
        _put(Text(block.empty, is_small=True), made)
        return
    grid = made.add_table(rows=1, cols=len(block.heads), style="Table Grid")
    across = WIDE if made.sections[0].orientation == WD_ORIENT.LANDSCAPE else WIDTH
    widths = [int(across * share) for share in block.shares()]
    for cell, head in zip(grid.rows[0].cells, block.heads, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(head).bold = True
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        cell._tc.get_or_add_tcPr().append(_shade())
    for row in block.rows:
        for cell, value in zip(grid.add_row().cells, row, strict=True):
            cell.text = shown(value)
    for row in grid.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
                run.font.size = Pt(9)
    made.add_paragraph()


def _shade() -> Any:
    tint = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "E6F4FC")):
        tint.set(qn(name), value)
    return tint


@_put.register
def _(block: Bars, made: Any) -> None:
    made.add_picture(BytesIO(drawing.bars(block)), width=WIDTH)


@_put.register
def _(block: Picture, made: Any) -> None:
    image = plain(block.data)
    if image is not None:
        made.add_picture(BytesIO(image), width=Cm(10))
    _put(Text(block.caption if image is not None else f"{block.caption}(照片无法显示)", is_small=True), made)
