"""Coming and going, for tests of sessions and passwords."""

from django.test import Client

from core import time
from tests.factories import PASSWORD

NOON = time.at(time.business_day(time.now()), time.datetime.strptime("12:00", "%H:%M").time())


def sign_in(client: Client, staff_no: str = "01001", password: str = PASSWORD, **more):
    return client.post("/login/", {"username": staff_no, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200
