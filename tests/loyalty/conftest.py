from datetime import date

import pytest

from loyalty.actions import redemption as actions
from staff.states import Role
from tests.factories import make_hall, make_user
from tests.loyalty.life import make_lot, make_member


@pytest.fixture
def desk():
    hall = make_hall("ZJ01", windows=0, groups=False)
    return actions.Desk(make_user("01001", Role.CLERK, hall, name="小李"), hall)


@pytest.fixture
def member():
    found = make_member(phone="13800000001", name="陈东明")
    make_lot(found, 3000, expires_on=date(2026, 12, 31))
    make_lot(found, 9000, source=2)
    return found
