"""The page that fills a hall's TV, and broadcasts."""

from html.parser import HTMLParser

import pytest
import time_machine

from core import live, parameters, time
from core.errors import Refused
from core.models import Parameter, SettingChange
from halls import actions, queries, rules
from halls.models import Broadcast, BroadcastTemplate, Material
from staff.states import Role
from tests.factories import make_hall, make_user
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
def told(monkeypatch) -> list[list[str]]:
    """Halls whose screens were told to fetch, per change."""
    asked: list[list[str]] = []
    monkeypatch.setattr(live, "board_content_changed", lambda codes: asked.append(sorted(codes)))
    return asked


@pytest.fixture
def hall():
    return make_hall(windows=0, groups=False)


@pytest.fixture
def wang(client, hall):
    person = make_user("01001", Role.HALL_MANAGER, hall, name="王经理")
    client.force_login(person)
    return person


# ---- the page -------------------------------------------------------------------------------------------------


def test_a_material_is_added_ordered_changed_and_taken_down(client, hall, wang, told):
    for title in ("一", "二", "三"):
        assert client.post("/halls/ZJ01/tv/", form(title=title)).status_code == 302
    first, second, third = Material.objects.order_by("pk")
    assert shown(client) == ["一", "二", "三"]
    assert (first.keeper, first.made_by, first.made_at) == (wang, wang, at(9))

    client.post(f"/halls/tv/{third.pk}/move/", {"to": "earlier", "hall": "ZJ01"})
    client.post(f"/halls/tv/{first.pk}/move/", {"to": "earlier", "hall": "ZJ01"})
    assert shown(client) == ["一", "三", "二"]
    client.post(f"/halls/tv/{first.pk}/move/", {"hall": "ZJ01"})
    assert shown(client) == ["三", "一", "二"]

    assert client.post(f"/halls/tv/{second.pk}/", form(title="二改", valid_to="2026-11-25")).status_code == 302
    client.post(f"/halls/tv/{first.pk}/retire/")
    client.post(f"/halls/tv/{first.pk}/retire/")
    assert shown(client) == ["三", "二改"]
    first.refresh_from_db()
    assert (first.retired_at, first.retired_by) == (at(9), wang)
    assert told == [["ZJ01"]] * 7
    fields = list(SettingChange.objects.order_by("pk").values_list("field", flat=True))
    assert fields == ["新增"] * 3 + ["顺序"] * 2 + ["内容", "撤下"]


def test_what_was_taken_down_is_not_changed_or_moved(hall, wang):
    material = make_material(hall, wang, retired_at=time.now())
    material.title = "另一个"

    for act in (
        lambda: actions.change_material(material, actor=wang),
        lambda: actions.move_material(material.pk, earlier=True, actor=wang),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "retired"
    material.refresh_from_db()
    assert material.title == "千兆宽带"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"valid_to": "2026-11-23", "valid_from": "2026-11-20"}, "valid_to", "日期已过,请选今天或以后。"),
        ({"valid_from": "2026-12-01"}, "valid_to", "最后一天不能早于开始日期。"),
        ({"valid_to": "9999-12-31"}, "valid_to", "请选两年以内的日期。"),
        ({"title": "字" * 25}, "title", "确保该变量包含不超过 24 字符 (目前字符数 25)。"),
        ({"title": "a\x00"}, "title", "不允许是用空字符串。"),
        ({"seconds": "5"}, "seconds", "确保该值大于或等于6。"),
        ({"seconds": "9" * 30}, "seconds", "确保该值小于或等于60。"),
    ],
)
def test_bad_days_and_words_are_told_and_nothing_changes(client, hall, wang, changes, field, sentence):
    answer = client.post("/halls/ZJ01/tv/", form(**changes))

    assert answer.status_code == 200
    assert answer.context["form"].errors == {field: [sentence]}
    assert list(Material.objects.all()) == []


def test_only_those_of_the_hall_with_the_right_fill_its_tv(client, hall, told):
    boss = make_user(role=Role.HALL_MANAGER, hall=hall)
    material = make_material(hall, boss)
    other = make_hall("ZJ02", windows=0, groups=False)
    template = BroadcastTemplate.objects.create(text="请保持安静")
    posts = [
        ("/halls/ZJ01/tv/", form()),
        (f"/halls/ZJ01/tv/say/{template.pk}/", {}),
        (f"/halls/tv/{material.pk}/", form(title="换")),
        (f"/halls/tv/{material.pk}/move/", {}),
        (f"/halls/tv/{material.pk}/retire/", {}),
    ]
    for who, status in (
        (make_user(role=Role.CLERK, hall=hall), 403),
        (make_user(role=Role.HALL_MANAGER, hall=other), 404),
    ):
        client.force_login(who)
        assert [client.post(*post).status_code for post in posts] == [status] * 5
    assert client.get("/halls/tv/?hall=ZJ01").status_code == 404
    assert client.get("/halls/tv/?hall=%00").status_code == 404
    assert client.get("/halls/tv/").context["hall"] == other
    client.force_login(make_user(role=Role.CLERK, hall=hall))
    assert client.get("/halls/tv/").status_code == 403
    material.refresh_from_db()
    assert (material.title, material.retired_at, Broadcast.objects.count(), told) == ("千兆宽带", None, 0, [])


def test_a_hall_manager_sees_what_the_district_shows_but_does_not_change_it(client, hall, wang, told):
    district = make_user("09001", Role.DISTRICT, region=hall.region)
    client.force_login(district)
    assert client.post("/halls/ZJ01/tv/", form(scope=hall.region.code)).status_code == 302
    material = Material.objects.get()
    assert (material.hall, material.region, told) == (None, hall.region, [["ZJ01"]])

    client.force_login(wang)
    page = client.get("/halls/tv/")
    assert [(one.row, one.is_mine) for one in page.context["materials"]] == [(material, False)]
    assert "scope" not in page.context["form"].fields
    assert client.post(f"/halls/tv/{material.pk}/retire/").status_code == 403
    client.post("/halls/ZJ01/tv/", form(title="冒充全区", scope=hall.region.code))
    assert Material.objects.get(title="冒充全区").hall == hall


def test_expired_materials_stand_last_and_wait_to_be_taken_down(client, hall, wang):
    make_material(hall, wang, title="昨天到期", order=1, valid_from=TODAY - DAY, valid_to=TODAY - DAY)
    make_material(hall, wang, title="本周到期", order=2, valid_to=TODAY + 6 * DAY)
    make_material(hall, wang, title="下周到期", order=3, valid_to=TODAY + 7 * DAY)

    rows = client.get("/halls/tv/").context["materials"]

    assert [(one.row.title, one.state, one.ends_soon) for one in rows] == [
        ("本周到期", "showing", True),
        ("下周到期", "showing", False),
        ("昨天到期", "expired", False),
    ]


class Styles(HTMLParser):
    found = 0

    def handle_starttag(self, tag, attrs):
        self.found += "style" in dict(attrs)


def test_the_page_keeps_to_the_policy(client, hall, wang):
    make_material(hall, wang)
    BroadcastTemplate.objects.create(text="请 {谁} 到 {哪里}")
    for address in ("/halls/tv/", f"/halls/tv/{Material.objects.get().pk}/"):
        reader = Styles()
        reader.feed(client.get(address).content.decode())
        assert reader.found == 0


# ---- broadcasts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "given", "text"),
    [
        ("请保持安静", {}, "请保持安静"),
        ("本厅 {时间} 停止取号", {"时间": " 17:30 "}, "本厅 17:30 停止取号"),
        ("本厅 {时间} 停止取号", {"时间": "  "}, None),
        ("本厅 {时间} 停止取号", {}, None),
        ("{甲}和{甲}", {"甲": "一"}, "一和一"),
        ("{甲}", {"甲": "{乙}"}, "{乙}"),
        ("{甲}", {"甲": "字" * 80}, "字" * 80),
        ("{甲}", {"甲": "字" * 81}, None),
    ],
)
def test_a_sentence_is_filled_or_not_said(template, given, text):
    assert rules.filled(template, given) == text


def test_a_broadcast_is_logged_and_reaches_the_screens_of_its_hall_once(client, hall, wang, told):
    make_hall("ZJ02", windows=0, groups=False)
    template = BroadcastTemplate.objects.create(text="本厅 {时间} 停止取号")
    answer = client.post(f"/halls/ZJ01/tv/say/{template.pk}/", {f"say{template.pk}-时间": "17:30"})

    assert answer.status_code == 302
    row = Broadcast.objects.get()
    assert (row.text, row.said_by, row.said_at, row.hall) == ("本厅 17:30 停止取号", wang, at(9), hall)
    assert client.get("/board/ZJ01/content/").json()["broadcasts"] == [
        {
            "id": row.pk,
            "text": "本厅 17:30 停止取号",
            "said_at": "2026-11-24T09:00:00+08:00",
            "until": "2026-11-24T09:01:00+08:00",
        }
    ]
    assert client.get("/board/ZJ02/content/").json()["broadcasts"] == []
    assert told == [["ZJ01"]]


def test_a_broadcast_older_than_a_minute_is_not_told_to_anybody(client, hall, wang, morning):
    actions.broadcast(hall, BroadcastTemplate.objects.create(text="请保持安静"), {}, actor=wang, now=at(9))

    morning.move_to(at(9, 0, 59))
    assert len(client.get("/board/ZJ01/content/").json()["broadcasts"]) == 1
    morning.move_to(at(9, 1))
    assert client.get("/board/ZJ01/content/").json()["broadcasts"] == []


def test_a_hall_is_not_talked_to_more_often_than_allowed(client, hall, wang, morning, told):
    Parameter.objects.create(name=rules.BROADCASTS_PER_HOUR, scope="ZJ01", value=2, valid_from=TODAY)
    parameters.forget()
    template = BroadcastTemplate.objects.create(text="请保持安静")
    address = f"/halls/ZJ01/tv/say/{template.pk}/"
    assert [client.post(address).status_code for _ in range(2)] == [302, 302]

    refused = client.post(address)
    assert refused.context["sayings"][0].non_field_errors() == ["本厅一小时内已广播 2 次,请稍后再播,以免打扰客户。"]
    assert (Broadcast.objects.count(), len(told)) == (2, 2)
    with pytest.raises(Refused) as no:
        actions.broadcast(hall, template, {}, actor=wang, now=at(9, 59, 59))
    assert no.value.code == "too_many_broadcasts"
    assert actions.broadcast(hall, template, {}, actor=wang, now=at(10)).text == "请保持安静"


@pytest.mark.parametrize("value", ["", "\x00", "字" * 21, "字" * 3000])
def test_a_blank_that_cannot_be_said_is_told(client, hall, wang, told, value):
    template = BroadcastTemplate.objects.create(text="本厅 {时间} 停止取号")
    answer = client.post(f"/halls/ZJ01/tv/say/{template.pk}/", {f"say{template.pk}-时间": value})

    assert answer.status_code == 200
    assert list(answer.context["sayings"][0].errors) == ["时间"]
    assert (Broadcast.objects.count(), told) == (0, [])


def test_the_screens_are_told_after_commit_only(monkeypatch, hall, wang, django_capture_on_commit_callbacks):
    sent: list[str] = []
    monkeypatch.setattr(live, "send_to_group", lambda group, message: sent.append(f"{group} {message['type']}"))
    with django_capture_on_commit_callbacks() as waiting:
        actions.add_material(
            Material(hall=hall, kind="tip", title="伞", valid_from=TODAY, valid_to=TODAY), actor=wang, now=at(9)
        )
        assert sent == []
    for callback in waiting:
        callback()
    assert sent == ["board.ZJ01 board.content"]


def test_what_is_shown_where_is_asked_of_live_halls_only(hall, wang):
    make_hall("ZJ09", windows=0, groups=False, is_live=False)
    material = make_material(hall, wang, region=hall.region)
    assert list(queries.halls_showing(material).values_list("code", flat=True)) == ["ZJ01"]
