"""docs/access.md says what staff/access.py does."""

import re
from pathlib import Path

from staff.access import ROLE_VERBS, VERBS
from staff.states import Role

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \S+ `(\w+)` \| (.*) \|$", re.MULTILINE)


def test_the_page_lists_every_role_with_its_rights() -> None:
    said = {
        role: set(VERBS) if rights == "all" else set(re.findall(r"`([\w.]+)`", rights))
        for role, rights in ROW.findall(PAGE)
    }
    assert said == {role.value: set(ROLE_VERBS[role]) for role in Role}


def test_the_page_explains_every_right() -> None:
    assert set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE)) == set(VERBS)
