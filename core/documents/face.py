"""The face that documents are set in: made at set-up from the pieces that browsers load (`scripts/make_face.py`)."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

NAME = "Hallkeeper"


def path() -> Path:
    return Path(settings.ROOT) / "static" / "vendor" / "noto-sans-sc" / "paper.ttf"


@lru_cache(maxsize=1)
def registered() -> str:
    """The face's name for the PDF library; read once for each process. Files carry only the letters they use."""
    pdfmetrics.registerFont(TTFont(NAME, path()))
    return NAME
