"""Run as a program by tests, in an installation's environment: a hall with people, and the login list naming them."""

import json

import django

django.setup()

from django.conf import settings  # noqa: E402

from halls.states import DeviceKind  # noqa: E402
from staff.states import Role  # noqa: E402
from tests.factories import PASSWORD, make_device, make_hall, make_user  # noqa: E402

TOKEN = "hkd_kiosk-of-the-kill-test"
CLERKS = 3


def furnish() -> None:
    hall = make_hall("ZJ01", windows=CLERKS)
    make_device(hall, DeviceKind.KIOSK, token=TOKEN)
    staff = [(f"0100{number}", Role.CLERK) for number in range(CLERKS)] + [("01009", Role.GREETER)]
    rows = [{"role": "kiosk", "hall": hall.code, "url": f"{settings.PUBLIC_URL}/pair/{TOKEN}/"}]
    for staff_no, role in staff:
        make_user(staff_no, role, hall)
        rows.append({"role": str(role), "username": staff_no, "password": PASSWORD, "hall": hall.code})
    (settings.VAR / "demo_logins.json").write_text(json.dumps(rows))


if __name__ == "__main__":
    furnish()
