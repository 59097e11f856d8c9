"""What tests of circulars do again and again: begin one, issue it, be refused."""

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import Refused
from halls.models import Region
from overview.actions import circulars
from overview.models import CircularVersion
from staff.models import User
from tests.overview.month_rows import NOVEMBER_2, OCTOBER


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def begin(region: Region, chief: User) -> CircularVersion:
    return circulars.begin(region, OCTOBER, actor=chief, now=NOVEMBER_2)


def issue(version: CircularVersion, chief: User) -> CircularVersion:
    return circulars.issue(version, edits=version.edits, actor=chief, now=NOVEMBER_2)
