"""Make one Chinese face for paper from the pieces that browsers load.

PDF files carry their letters with them, and the library that writes them takes only a whole TrueType face of one
weight. The pieces are cut from Noto Sans SC (SIL Open Font License, which allows this); the result goes by the name of
the file, not by a name of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHT = 400
NOT_ON_PAPER = (
    "GSUB", "GPOS", "GDEF", "BASE", "STAT", "gasp", "prep", "fpgm", "cvt ", "vhea", "vmtx", "VORG", "DSIG",
)  # fmt: skip


def make(pieces: Iterable[Path], target: Path) -> None:
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder:
        straight = [_straighten(piece, Path(folder) / f"{at}.ttf") for at, piece in enumerate(pieces)]
        Merger().merge(straight).save(target)


def _straighten(piece: Path, target: Path) -> str:
    """A piece of one weight, without what only screens and typesetters use."""
    font = instantiateVariableFont(TTFont(piece), {"wght": WEIGHT})
    for table in NOT_ON_PAPER:
        if table in font:
            del font[table]
    font.flavor = None
    font.save(target)
    return str(target)
