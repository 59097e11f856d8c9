"""The cells of 区县对比: eight thousand in a city, and by a template's own tags each takes eight times as long."""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString

from overview.queries.compare import Cell

register = template.Library()


@register.simple_tag
def compared(cells: Iterable[Cell]) -> SafeString:
    """Each figure with the page behind it, and under it what it was on the other days."""
    return SafeString("".join(_cell(cell) for cell in cells))


@register.filter
def told(cell: Cell) -> SafeString:
    """The figure as a link to what it counts; nothing is behind a figure that is not known."""
    return SafeString(_told(cell))


def _cell(cell: Cell) -> str:
    before = ""
    if not cell.figure.is_now and cell.before is not None:
        before = f'<small class="d-block">{cell.arrow} {escape(cell.before_text)}</small>'
    return f'<td class="text-end num {cell.outlook}">{_told(cell)}{before}</td>'


def _told(cell: Cell) -> str:
    text = escape(cell.text)
    return f'<a href="{escape(cell.url)}">{text}</a>' if cell.url and cell.value is not None else text
