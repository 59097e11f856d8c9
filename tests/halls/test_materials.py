"""R-H-8: what hangs, when it has to come down, and who took it down."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import time
from core.errors import Refused
from core.models import SettingChange
from halls.actions.materials import take_down
from halls.models import Material, TakenDown
from halls.queries import content, materials, materials_with_state
from halls.rules.materials import hung_state, stage
from halls.states import HungState
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.halls.pictures import png

TODAY = date(2026, 11, 20)
NOON = datetime.fromisoformat("2026-11-20T12:00:00+08:00")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (-9, -1, HungState.EXPIRED),
        (-9, 0, HungState.LAST_DAY),
        (-9, 1, HungState.ENDING),
        (-9, 7, HungState.ENDING),
        (-9, 8, HungState.UP),
        (0, 8, HungState.UP),
        (1, 8, HungState.COMING),
        (0, 0, HungState.LAST_DAY),
    ],
)
def test_r_h_8_a_material_is_good_to_the_end_of_its_last_day(first, last, expected):
    days = TODAY + timedelta(days=first), TODAY + timedelta(days=last)
    assert hung_state(*days, TODAY, soon=7) == expected
    assert hung_state(*days, TODAY, soon=7, is_down=True) == HungState.DOWN


@pytest.mark.parametrize(("left", "expected"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-90, 0)])
def test_reminders_come_early_late_and_when_it_is_over(left, expected):
    assert stage(TODAY + timedelta(days=left), TODAY, early=30, late=7) == expected


@pytest.fixture
def hall(db):
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


def hang(by, last=-1, *, hall=None, region=None, title="海报", on_tv=False, carrier="poster"):
    return Material.objects.create(
        hall=hall,
        region=region,
        kind="poster",
        carrier=carrier,
        title=title,
        place="入口",
        on_tv=on_tv,
        valid_from=TODAY - timedelta(days=9),
        valid_to=TODAY + timedelta(days=last),
        made_by=by,
        made_at=NOON,
    )


def test_r_h_8_what_is_expired_is_listed_hall_by_hall_until_it_is_down(hall, li, django_assert_num_queries):
    other = make_hall("ZJ02", windows=1)
    own, everywhere = hang(li, hall=hall), hang(li, region=hall.region, title="价目表")
    hang(li, 0, hall=hall, title="今天到期")
    hang(li, hall=hall, carrier="screen", title="只在大屏")

    with django_assert_num_queries(4):
        found = materials.expired([hall.pk, other.pk], TODAY)
    assert found == {hall.pk: [own, everywhere], other.pk: [everywhere]}

    take_down(everywhere, hall, actor=li, now=NOON)
    take_down(own, hall, actor=li, now=NOON)
    assert materials.expired([hall.pk, other.pk], TODAY) == {other.pk: [everywhere]}


def test_r_h_8_taking_down_keeps_who_when_and_the_photo_once(hall, li):
    row = hang(li, 3, hall=hall, on_tv=True)
    assert len(content(hall, NOON)["items"]) == 1

    first = take_down(row, hall, picture="a" * 40 + ".png", actor=li, now=NOON)
    again = take_down(row, hall, actor=li, now=NOON + timedelta(hours=1))

    assert (first.pk, first.at, first.by, first.picture) == (again.pk, NOON, li, again.picture)
    assert TakenDown.objects.count() == 1
    assert content(hall, NOON)["items"] == []
    assert SettingChange.objects.filter(field__startswith="撤下").count() == 2
    assert [one.state for one in materials.register(hall, NOON, state="all")] == [HungState.DOWN]
    assert materials.register(hall, NOON) == []


def test_what_hangs_elsewhere_cannot_be_taken_down_here(hall, li):
    away = make_hall("NJ01", windows=1, region=make_region("GL"))
    row, screen = hang(li, hall=away), hang(li, hall=hall, carrier="screen")
    for one in (row, screen):
        with pytest.raises(Refused) as no:
            take_down(one, hall, actor=li, now=NOON)
        assert no.value.code == "not_here"
    assert TakenDown.objects.count() == 0


def test_posters_do_not_crowd_the_page_of_the_tv(hall, li):
    hang(li, 3, hall=hall)
    shown = hang(li, 3, hall=hall, on_tv=True, title="也上大屏")
    wang = make_user("01001", Role.DUTY_MANAGER, hall)
    assert [one.row for one in materials_with_state(hall, wang, TODAY)] == [shown]


def test_the_page_hangs_finds_and_takes_down_with_a_photo(hall, li, client):
    today = time.business_day(time.now())
    wang = make_user("01001", Role.DUTY_MANAGER, hall, name="王经理")
    client.force_login(wang)
    given = {"hall": "ZJ01", "carrier": "prices", "title": "手机价目表", "valid_from": today, "valid_to": today}

    kept = client.post("/halls/materials/hang/", given)
    assert kept.status_code == 422 and "手机价目表" in kept.content.decode()
    assert client.post("/halls/materials/hang/", {**given, "place": "体验区"}).status_code == 302
    row = Material.objects.get()
    assert (row.carrier, row.hall, row.on_tv, row.keeper) == ("prices", hall, False, wang)

    client.force_login(li)
    assert client.post("/halls/materials/hang/", {**given, "place": "体验区"}).status_code == 403
    page = client.get("/halls/materials/?find=体验").content.decode()
    assert "手机价目表" in page and "今天撤下" in page
    photo = SimpleUploadedFile("x.png", png(), content_type="image/png")
    assert client.post(f"/halls/materials/{row.pk}/down/", {"hall": "ZJ01", "photo": photo}).status_code == 302
    down = TakenDown.objects.get()
    assert (down.by, down.material) == (li, row)
    assert client.get(f"/halls/materials/photos/{down.pk}/")["Content-Type"] == "image/png"
    assert client.get("/halls/materials/export/?state=all").status_code == 200
    assert client.get("/halls/materials/?state=nonsense&find=%00").status_code == 200


# ---- over HTTP -------------------------------------------------------------------------------------------------


def test_r_h_8_a_poster_is_hung_over_http_and_taken_down(db, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hall, today = make_hall("ZJ01"), time.business_day(time.now())
    manager, clerk = make_user(role=Role.HALL_MANAGER, hall=hall), make_user(hall=hall)
    address = "/api/v1/halls/ZJ01/materials/"
    said = {"carrier": "poster", "title": "双十一", "place": "入口左侧", "valid_from": today.isoformat()}
    good = said | {"valid_to": (today + timedelta(days=9)).isoformat()}
    client.force_login(clerk)
    assert client.post(address, good, content_type="application/json").status_code == 403
    client.force_login(manager)
    past = said | {"valid_to": (today - timedelta(days=1)).isoformat()}
    told = client.post(address, past, content_type="application/json")
    assert (told.status_code, list(told.json())) == (400, ["valid_to"])
    assert client.post(address, good | {"carrier": "screen"}, content_type="application/json").status_code == 400
    bad = client.post(address, good | {"picture": SimpleUploadedFile("a.jpg", b"no picture")})
    assert (bad.status_code, Material.objects.count()) == (409, 0)

    made = client.post(address, good | {"picture": SimpleUploadedFile("a.png", png(400, 300))})

    row = Material.objects.get()
    assert (made.status_code, made.json()["id"], made.json()["state"], made.json()["days_left"]) == (
        201,
        row.pk,
        "up",
        9,
    )
    assert (row.keeper, row.made_by, row.hall, bool(row.image)) == (manager, manager, hall, True)
    assert client.post(f"{address}{row.pk}/down/").json()["state"] == "down"
    assert client.get(address).json()["results"] == []
