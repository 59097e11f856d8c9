"""docs/access.md says what staff/rights.py says."""

import re

from staff.rights import RIGHTS
from staff.states import Role
from tests.staff.rights_page import PAGE, told


def test_the_page_tells_of_every_right_what_it_is_and_who_holds_it() -> None:
    assert told() == {verb: (right.label, {role.value for role in right.roles}) for verb, right in RIGHTS.items()}


def test_the_page_names_every_role() -> None:
    assert re.findall(r"(\w+) `(\w+)`", PAGE.partition("Roles: ")[2].partition("\n")[0]) == [
        (role.label, role.value) for role in Role
    ]
