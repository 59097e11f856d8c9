"""What lobby TVs show and say: nothing expired, nothing that is no picture, nothing said twice or late."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from core import pictures, time
from halls import rules
from halls.models import Material
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.halls.pictures import jpeg, png, webp
from tests.halls.tv_rows import DAY, TODAY, at, form, make_material, shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(at(9), tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def hall():
    return make_hall(windows=0, groups=False)


@pytest.fixture
def wang(client, hall):
    person = make_user("01001", Role.HALL_MANAGER, hall, name="王经理")
    client.force_login(person)
    return person


# ---- days (R-H-8) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "showing"),
    [(0, 0, True), (1, 1, False), (-1, -1, False), (-3, 0, True), (0, 3, True), (-3, 3, True)],
)
def test_r_h_8_a_material_is_shown_from_its_first_to_its_last_day(first, last, showing):
    assert rules.is_showing(TODAY + first * DAY, TODAY + last * DAY, TODAY) is showing


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [(0, 0, "showing"), (1, 2, "coming"), (-2, -1, "expired")],
)
def test_r_h_8_states(first, last, state):
    assert rules.material_state(TODAY + first * DAY, TODAY + last * DAY, TODAY) == state
    assert rules.material_state(TODAY, TODAY, TODAY, on_tv=False) == "off_tv"
    assert rules.material_state(TODAY, TODAY, TODAY, is_retired=True) == "retired"


def test_r_h_8_a_material_leaves_at_midnight_in_shanghai(client, hall, wang, morning):
    make_material(hall, wang, title="最后一天")
    make_material(hall, wang, title="明天开始", valid_from=TODAY + DAY, valid_to=TODAY + DAY)
    make_material(hall, wang, title="昨天到期", valid_from=TODAY - DAY, valid_to=TODAY - DAY)
    make_material(hall, wang, title="后天开始", valid_from=TODAY + 2 * DAY, valid_to=TODAY + 2 * DAY)

    # 16:00 UTC is midnight there; tomorrow's come along with their days, so that a screen without a link changes over.
    morning.move_to(at(23, 59, 59))
    assert shown(client) == ["最后一天", "明天开始"]
    morning.move_to(at(0, day=TODAY + DAY))
    assert shown(client) == ["明天开始", "后天开始"]


def test_a_hall_shows_its_own_and_those_of_every_region_above_it(client, hall, wang):
    other = make_hall("ZJ02", windows=0, groups=False, region=make_region("RZ"))
    make_material(hall, wang, title="本厅", order=2)
    make_material(hall, wang, title="全市", order=1, region=hall.region.parent)
    make_material(hall, wang, title="别的区", region=other.region)
    make_material(hall, wang, title="不上大屏", on_tv=False)
    make_material(hall, wang, title="已撤下", retired_at=time.now())

    assert shown(client) == ["全市", "本厅"]
    assert shown(client, "ZJ02") == ["别的区", "全市"]


def test_content_is_answered_by_its_tag_until_it_changes(client, hall, wang):
    make_material(hall, wang)
    first = client.get("/board/ZJ01/content/")
    again = client.get("/board/ZJ01/content/", headers={"If-None-Match": first["ETag"]})
    make_material(hall, wang, title="又一张")
    other = client.get("/board/ZJ01/content/", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert again.content == b""


@pytest.mark.parametrize("code", ["NONE", "zj01"])
def test_content_of_no_hall(client, hall, code):
    assert client.get(f"/board/{code}/content/").status_code == 404


def test_content_costs_as_many_questions_for_one_as_for_nine(client, hall, wang, django_assert_num_queries):
    make_material(hall, wang)
    client.logout()
    with django_assert_num_queries(4):
        client.get("/board/ZJ01/content/")
    for serial in range(8):
        make_material(hall, wang, title=f"第 {serial} 张")
    with django_assert_num_queries(4):
        client.get("/board/ZJ01/content/")


# ---- pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (png(640, 400), "png"),
        (jpeg(640, 400), "jpg"),
        (webp("VP8X", 640, 400), "webp"),
        (webp("VP8L", 640, 400), "webp"),
        (webp("VP8", 640, 400), "webp"),
    ],
)
def test_a_picture_is_known_by_its_bytes(data, extension):
    assert pictures.read(data) == pictures.Picture(extension, 640, 400)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><html></html>",
        b"GIF89a" + b"\x00" * 40,
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 40,
        b"\x89PNG\r\n\x1a\n",
        webp("VP8X")[:28],
        b"RIFF\xff\xff\xff\x7fWEBPVP8X" + b"\x00" * 40,
    ],
)
def test_anything_else_is_no_picture(data):
    assert pictures.read(data) is None


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_a_picture_is_open_to_all_only_while_it_is_on_a_tv(client, hall, wang, morning):
    data = png(320, 200)
    client.post("/halls/ZJ01/tv/", form(picture=upload("a.jpg", data), valid_to="2026-11-24"))
    material = Material.objects.get()
    address = f"/halls/tv/pictures/{material.image}"
    mine = client.get(address)
    client.logout()

    answer = client.get(address)
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=86400, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert mine.status_code == 200

    morning.move_to(at(0, day=TODAY + DAY))
    assert client.get(address).status_code == 404
    client.force_login(wang)
    assert client.get(address).status_code == 200
    client.force_login(make_user(role=Role.CLERK, hall=hall))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fsecret_key", "a.png", "%00.png", "a" * 3000, f"{'0' * 40}.svg"])
def test_only_stored_pictures_have_an_address(client, hall, name):
    assert client.get(f"/halls/tv/pictures/{name}").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "只能上传 JPG、PNG 或 WebP 图片,请换一个文件。"),
        ("page.jpg", b"<!DOCTYPE html><script>alert(1)</script>", "只能上传 JPG、PNG 或 WebP 图片,请换一个文件。"),
        ("a\x00.jpg", b"\x00" * 64, "只能上传 JPG、PNG 或 WebP 图片,请换一个文件。"),
        ("large.png", png(320, 200) + b"\x00" * 6 * 1024 * 1024, "图片不能超过 5 MB,请压缩后再上传。"),
        ("dot.png", png(199, 400), "图片为 199×400,每边应为 200–6000 像素,请调整后再上传。"),
        ("wide.jpg", jpeg(6001, 400), "图片为 6001×400,每边应为 200–6000 像素,请调整后再上传。"),
        ("none.png", b"", "文件是空的,请重新选择。"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(client, hall, wang, settings, name, data, sentence):
    answer = client.post("/halls/ZJ01/tv/", form(picture=upload(name, data)))

    assert answer.status_code == 200
    assert answer.context["form"].errors["picture"] == [sentence]
    assert answer.context["form"]["title"].value() == "千兆宽带"
    assert list(Material.objects.all()) == []
    assert not (settings.MEDIA_ROOT / "materials").exists()


def test_a_name_with_a_nul_is_only_a_name(client, hall, wang):
    assert client.post("/halls/ZJ01/tv/", form(picture=upload("a\x00b.png", png(320, 200)))).status_code == 302
    assert Material.objects.get().image.endswith(".png")
