"""The table of rights as docs/access.md tells it, kept by hand, so that a slip in the code is seen."""

import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w.]+)` \| (.*) \| (.*) \|$", re.MULTILINE)


def told() -> dict[str, tuple[str, set[str]]]:
    """Label and roles of each right."""
    return {verb: (label, set(re.findall(r"`(\w+)`", roles))) for verb, label, roles in ROW.findall(PAGE)}
