"""One's own start page and text size."""

import pytest

from core.errors import Refused
from staff.actions import preferences
from staff.models import Preference
from staff.states import Role
from tests.factories import PASSWORD, make_hall, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user("01002", Role.CLERK, make_hall("ZJ01"))


def test_signing_in_leads_to_the_chosen_page_while_the_menu_has_it(clerk, client):
    preferences.set_preference(clerk, start_page="/counter/", text_size="large")

    def lands(query=""):
        client.logout()
        given = {"username": "01002", "password": PASSWORD}
        return client.post(f"/login/{query}", given)["Location"]

    assert lands() == "/counter/"
    assert lands("?next=/notices/") == "/notices/"
    Preference.objects.update(start_page="/rosters/terms/")
    assert lands() == "/"


def test_a_page_outside_ones_menu_is_refused(clerk):
    for page, size, code in [
        ("/closings/", "usual", "not_yours"),
        ("//evil.example/", "usual", "not_yours"),
        ("", "huge", "bad_size"),
    ]:
        with pytest.raises(Refused) as no:
            preferences.set_preference(clerk, start_page=page, text_size=size)
        assert no.value.code == code
    assert not Preference.objects.exists()


def test_the_page_saves_and_draws_larger_text(clerk, client):
    client.force_login(clerk)
    assert 'class="text-' not in client.get("/account/").content.decode().split(">")[1]

    assert client.post("/account/", {"start_page": "/counter/", "text_size": "larger"}).status_code == 302

    assert '<html lang="zh-Hans" class="text-larger">' in client.get("/account/").content.decode()
    assert client.post("/account/", {"start_page": "/nowhere/", "text_size": "usual"}).status_code == 200
    assert Preference.objects.get().start_page == "/counter/"
