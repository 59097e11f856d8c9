"""One picture for many halls: it goes once, is shown filled in, and hangs in each hall."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import pictures
from core.time import business_day, now
from halls.models import Material
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.halls.pictures import png

TODAY = business_day(now())


@pytest.fixture
def page(db, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    halls = [make_hall(code, region=make_region("JK")) for code in ("ZJ01", "ZJ02")]
    client.force_login(make_user("90009", Role.OPERATIONS, region=halls[0].region.parent))
    days = {"valid_from": TODAY.isoformat(), "valid_to": (TODAY + timedelta(days=9)).isoformat()}
    given = {"carrier": "screen", "kind": "poster", "title": "双十二", "region": "*", "on_tv": "on", **days}

    def post(**more):
        return client.post("/bulk/material/", {**given, **more})

    return post


def picture(data=b"", name="door.png"):
    return SimpleUploadedFile(name, data or png(400, 250), "image/png")


def test_the_picture_goes_once_and_hangs_in_each_hall(page, client):
    shown = page(picture=picture(), preview="1")
    name, kept = shown.context["row"].image, shown.context["kept"]
    seen = f"/halls/tv/pictures/{name}"
    assert f'src="{seen}?kept=' in shown.content.decode()
    assert (Material.objects.count(), client.get(seen).status_code) == (0, 404)
    assert client.get(seen, {"kept": kept})["Content-Type"] == "image/png"

    assert page(kept=kept, save="1").status_code == 302

    assert sorted(Material.objects.values_list("hall__code", "image")) == [("ZJ01", name), ("ZJ02", name)]
    assert client.get(seen).status_code == 200


def test_a_fresh_picture_is_seen_before_it_is_saved_and_can_be_left_out(page):
    first = page(picture=picture(), preview="1").context["kept"]
    other = page(picture=picture(png(500, 250)), kept=first, save="1")
    assert (other.status_code, Material.objects.count()) == (200, 0)
    assert other.context["kept"] != first
    assert page(kept=first, drop="on", save="1").status_code == 302
    assert set(Material.objects.values_list("image", flat=True)) == {""}


def test_what_is_no_picture_is_refused_beside_its_field_and_the_first_one_stays(page):
    kept = page(picture=picture(), preview="1").context["kept"]
    no = page(picture=picture(b"MZ no picture"), kept=kept, save="1")
    assert no.context["form"].errors["picture"] == ["只能上传 JPG、PNG 或 WebP 图片,请换一个文件。"]
    assert ("chosen" in no.context, Material.objects.count(), no.context["kept"] != "") == (False, 0, True)


@pytest.mark.parametrize("days", [(0, -1), (5, 4), (0, 731)])
def test_days_that_are_over_turned_or_far_away_are_refused(page, days):
    first, last = [(TODAY + timedelta(days=day)).isoformat() for day in days]
    no = page(valid_from=first, valid_to=last, save="1")
    assert (list(no.context["form"].errors), Material.objects.count()) == (["valid_to"], 0)


def test_over_http_the_picture_goes_once_too_and_a_repeated_key_hangs_nothing_more(page, client):
    days = {"valid_from": TODAY.isoformat(), "valid_to": (TODAY + timedelta(days=9)).isoformat()}
    given = {"kind": "poster", "title": "双十二", "halls": ["ZJ01", "ZJ02"], **days}

    def put(data, key="k1", **more):
        body = {**given, **more, "picture": picture(data)}
        return client.post("/api/v1/bulk/materials/", body, headers={"Idempotency-Key": key})

    assert put(b"GIF89a").json()["code"] == "not_a_picture"
    assert put(png(400, 250), halls=["NJ01"]).json() == {"halls": ["没有这些营业厅:NJ01。"]}
    assert list(put(png(400, 250), valid_to="1900-01-01").json()) == ["valid_to"]
    assert Material.objects.count() == 0
    first = put(png(400, 250))
    assert (first.status_code, first.json()["halls"]) == (201, ["ZJ01", "ZJ02"])
    assert put(png(400, 250)).json() == first.json()
    assert put(png(500, 250)).json()["code"] == "key_reused"
    assert len(set(Material.objects.values_list("image", flat=True))) == 1
    assert client.get("/api/v1/bulk/materials/").json()["count"] == 1


def test_a_proof_is_good_for_the_person_who_brought_the_file():
    said = pictures.proof("a.png", 7)
    assert [pictures.proved(said, who) for who in (7, 8)] == ["a.png", ""]
    assert [pictures.proved(bad, 7) for bad in ("", "x" * 3000, said[:-1])] == ["", "", ""]
