"""Bars as a picture, for Word and PDF alike."""

from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from core.documents import face
from core.documents.blocks import Bars

WIDTH, HEIGHT = 1600, 560
LEFT, RIGHT, TOP, BOTTOM = 90, 40, 96, 70
INK, SOFT, LINE, BAR, LONG = "#14213D", "#4A5775", "#E3E8F0", "#0072B5", "#C8102E"


def bars(block: Bars) -> bytes:
    """A PNG; a day without a value has no bar, a value past the limit is red and says so by its number."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    big, small = (ImageFont.truetype(str(face.path()), size) for size in (36, 28))
    pen.text((LEFT, 16), f"{block.title}({block.unit})" if block.unit else block.title, font=big, fill=INK)
    known = [value for value in block.values if value is not None]
    top = 4 * _step(max([*known, block.limit or 0, 1]) * 1.08 / 4)
    span = HEIGHT - TOP - BOTTOM
    for part in range(5):
        y = HEIGHT - BOTTOM - span * part / 4
        pen.line([(LEFT, y), (WIDTH - RIGHT, y)], fill=LINE, width=2)
        pen.text((LEFT - 14, y), f"{top * part / 4:g}", font=small, fill=SOFT, anchor="rm")
    step = (WIDTH - LEFT - RIGHT) / max(len(block.values), 1)
    for at, (label, value) in enumerate(zip(block.labels, block.values, strict=True)):
        x = LEFT + step * (at + 0.5)
        pen.text((x, HEIGHT - BOTTOM + 14), label, font=small, fill=SOFT, anchor="ma")
        if value is not None:
            _bar(pen, (x, step), HEIGHT - BOTTOM - span * value / top, value, block.limit, small)
    if block.limit is not None:
        y = HEIGHT - BOTTOM - span * block.limit / top
        pen.line([(LEFT, y), (WIDTH - RIGHT, y)], fill=LONG, width=3)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _step(least: float) -> float:
    """The next round number: 1, 2, 2.5, 5 and their tens."""
    tens = 1.0
    while True:
        for round_one in (1, 2, 2.5, 5):
            if round_one * tens >= least:
                return round_one * tens
        tens *= 10


def _bar(pen: Any, place: tuple[float, float], y: float, value: float, limit: float | None, small: Any) -> None:
    x, step = place
    half = min(step * 0.3, 60)
    is_long = limit is not None and value > limit
    pen.rectangle([(x - half, y), (x + half, HEIGHT - BOTTOM)], fill=LONG if is_long else BAR)
    pen.text((x, y - 6), f"{value:.1f}".removesuffix(".0"), font=small, fill=INK, anchor="mb")
