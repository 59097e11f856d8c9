"""One document, three files: what was put in comes out of each."""

from datetime import UTC, date, datetime
from io import BytesIO

import docx
import pypdfium2
import pytest
from openpyxl import load_workbook
from PIL import Image

from core.documents import Bars, Document, Facts, Heading, Picture, Table, Text, pictures, written
from core.documents.drawing import bars

MIDNIGHT = datetime(2026, 11, 20)  # noqa: DTZ001  a workbook's days have no zone
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def picture(side: int = 40) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), "#0072B5").save(out, "PNG")
    return out.getvalue()


def document() -> Document:
    made = Document("大市口周报", sub="11 月 16 日 – 22 日", signed="王经理签字")
    made.add(
        Heading("一、本周工作"),
        Facts([("忙时平均等候", "8.8 分钟"), ("关怀率", "92%")]),
        Bars("每天平均等候", ["周一", "周二"], [4.5, None], "分钟", 15),
        Text("第一段。\n\n第二段 <b>&。"),
        Table(["类别", "件数", "日期"], [["费用争议", 3, date(2026, 11, 20)], ["=1+1", None, ""]], title="投诉"),
        Table(["类别"], [], title="故障", empty="本周没有故障。"),
        Picture(picture(), "门前三包"),
    )
    return made


def pdf_text(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as opened:
        return "".join(page.get_textpage().get_text_bounded() for page in opened).replace("\r\n", "\n")


def test_word_has_headings_tables_and_pictures():
    made = docx.Document(BytesIO(written(document(), "docx", by="王经理", now=NOW)))
    heads = [one.text for one in made.paragraphs if one.style.name.startswith(("Title", "Heading"))]
    assert heads == ["大市口周报", "一、本周工作"]
    cells = [[cell.text for cell in row.cells] for row in made.tables[1].rows]
    assert cells == [["类别", "件数", "日期"], ["费用争议", "3", "2026-11-20"], ["=1+1", "—", "—"]]
    assert len(made.inline_shapes) == 2
    said = [one.text for one in made.paragraphs]
    assert [said.count(text) for text in ("第一段。", "第二段 <b>&。", "本周没有故障。", "门前三包")] == [1, 1, 1, 1]


def test_word_keeps_a_title_and_its_heads_with_the_first_row():
    made = docx.Document(BytesIO(written(document(), "docx", by="王经理", now=NOW)))
    kept = [one.text for one in made.paragraphs if one.paragraph_format.keep_with_next]
    heads = [cell.paragraphs[0].paragraph_format.keep_with_next for cell in made.tables[1].rows[0].cells]
    assert (kept, heads) == (["投诉", "故障"], [True, True, True])


def test_pdf_carries_its_chinese_letters():
    data = written(document(), "pdf", by="王经理", now=NOW)
    text = pdf_text(data)
    missing = [
        part for part in ("大市口周报", "忙时平均等候", "第二段 <b>&。", "费用争议", "门前三包") if part not in text
    ]
    assert missing == []
    assert b"/FontFile2" in data


def test_pdf_draws_letters_not_boxes():
    """Two different characters look different; a face without them would draw the same box twice."""

    def drawn(letter: str) -> bytes:
        made = Document(letter * 8)
        with pypdfium2.PdfDocument(written(made, "pdf", by="", now=NOW)) as opened:
            image = opened[0].render(scale=1).to_pil().convert("L")
        return image.crop((0, 0, image.width, 120)).tobytes()

    assert len({drawn(letter) for letter in "厅堃喆镇\u4e00"}) == 5


def test_excel_keeps_numbers_and_runs_no_formula():
    book = load_workbook(BytesIO(written(document(), "xlsx", by="王经理", now=NOW)))
    assert book.sheetnames == ["正文", "每天平均等候", "投诉", "故障"]
    rows = [[cell.value for cell in row] for row in book["投诉"].rows]
    assert rows == [["类别", "件数", "日期"], ["费用争议", 3, MIDNIGHT], ["=1+1", "—", None]]
    assert book["投诉"]["A3"].data_type == "s"
    assert [[cell.value for cell in row] for row in book["每天平均等候"].rows][1:] == [["周一", 4.5], ["周二", "—"]]


@pytest.mark.parametrize("before", range(28, 40))
@pytest.mark.parametrize("rows", [3, 60])
def test_no_title_and_no_heading_stands_alone_at_the_foot_of_a_pdf_page(before, rows):
    """Wherever the page ends, a table's title and heads, and a heading, are followed by what they are about."""
    table = Table(["序号", "说明"], [[f"R{at}", "内容"] for at in range(rows)], title="各厅排名")
    blocks = [Text("\n".join(["一行"] * before)), table, Heading("二、数字"), Facts([("平均等候", "8.8 分钟")])]
    with pypdfium2.PdfDocument(written(Document("通报", blocks=blocks), "pdf", by="王", now=NOW)) as opened:
        pages = [page.get_textpage().get_text_bounded() for page in opened]
    title = next(page for page in pages if "各厅排名" in page)
    assert ("序号" in title, "R0" in title) == (True, True)
    assert sum("各厅排名" in page for page in pages) == 1
    assert [page for page in pages if "R1" in page and "序号" not in page] == []
    assert ["平均等候" in page for page in pages if "二、数字" in page] == [True]


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_very_long_words_and_odd_letters_do_no_harm(kind):
    made = Document(
        "很长", blocks=[Text("字" * 3000), Table(["说明"], [["长" * 3000], ["\x07\U0001f600"]], title="[a]/*?")]
    )
    assert len(written(made, kind, by="王经理", now=NOW)) > 1000


def test_what_is_no_picture_is_said_instead_of_shown():
    made = Document("照片", blocks=[Picture(b"no picture", "门头")])
    assert "门头(照片无法显示)" in pdf_text(written(made, "pdf", by="", now=NOW))
    assert docx.Document(BytesIO(written(made, "docx", by="", now=NOW))).paragraphs[-1].text == "门头(照片无法显示)"


def test_large_pictures_are_made_small_enough_for_paper():
    made = pictures.plain(picture(2800))
    with Image.open(BytesIO(made)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (1400, 1400))


def test_bars_of_nothing_are_an_empty_drawing():
    with Image.open(BytesIO(bars(Bars("空", [], [])))) as opened:
        assert opened.size == (1600, 560)


def test_an_unknown_kind_of_file_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        written(document(), "odt", by="", now=NOW)
