"""批量设置: what is seen is what is saved, dated, and can be set back."""

from datetime import date, timedelta

import pytest

from core import parameters
from core.errors import Refused
from core.models import Parameter, SettingChange
from core.time import business_day, now
from halls.models import Broadcast, BroadcastTemplate, Material
from halls.queries import scopes
from halls.queries.materials import register
from overview.actions import bulk
from overview.actions.bulk import Setting
from overview.models import BulkChange
from overview.rules.bulk import Effect, changed, digest
from queueing.rules.numbers import RECALL_SECONDS
from staff.states import Role
from tests.factories import make_hall, make_region, make_user
from tests.queueing.test_races import at_once

TODAY = business_day(now())
TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


def test_only_halls_with_another_value_change_and_the_digest_knows_all():
    same, other = Effect("A", "甲", 3, 3), Effect("B", "乙", 2, 3)
    assert changed([same, other]) == [other]
    assert digest([same, other]) == digest([other, same])
    assert digest([same, other]) != digest([same, Effect("B", "乙", 1, 3)])
    assert digest([Effect("B", "乙", 2, 3, (date(2030, 1, 1), 9))]) != digest([other])


@pytest.fixture
def halls(db):
    return [make_hall(code, region=make_region("JK")) for code in ("ZJ01", "ZJ02", "ZJ03")]


@pytest.fixture
def boss(halls):
    return make_user("90009", Role.OPERATIONS, region=halls[0].region.parent)


def wish(value=20, day=TOMORROW, **fields) -> Setting:
    return Setting(**{"name": RECALL_SECONDS, "value": value, "valid_from": day, "note": "统一", **fields})


def values(halls, day):
    parameters.forget()
    return [parameters.number(RECALL_SECONDS, on=day, scopes=scopes(hall)) for hall in halls]


def save(halls, setting, boss):
    seen = digest(bulk.preview(halls, setting, now=now()))
    return bulk.set_parameter(halls, setting, seen=seen, actor=boss, now=now())


def test_the_preview_says_from_what_to_what_and_changes_nothing(halls):
    Parameter.objects.create(name=RECALL_SECONDS, scope="ZJ02", value=15, valid_from=TODAY)
    Parameter.objects.create(name=RECALL_SECONDS, scope="ZJ03", value=30, valid_from=NEXT_WEEK)

    found = bulk.preview(halls, wish(15), now=now())

    assert [(one.code, one.before, one.after, one.later) for one in found] == [
        ("ZJ01", 10, 15, None),
        ("ZJ02", 15, 15, None),
        ("ZJ03", 10, 15, (NEXT_WEEK, 30)),
    ]
    assert Parameter.objects.count() == 2


def test_a_value_holds_from_its_day_in_the_halls_that_changed(halls, boss):
    Parameter.objects.create(name=RECALL_SECONDS, scope="ZJ02", value=20, valid_from=TODAY)

    made = save(halls, wish(), boss)

    assert [line.hall.code for line in made.lines.all()] == ["ZJ01", "ZJ03"]
    assert values(halls, TODAY) == [10, 20, 10]
    assert values(halls, TOMORROW) == [20, 20, 20]
    assert SettingChange.objects.filter(field="值").count() == 2


def test_setting_back_is_a_new_dated_row_and_leaves_what_others_changed(halls, boss):
    Parameter.objects.create(name=RECALL_SECONDS, scope="ZJ02", value=15, valid_from=TODAY)
    made = save(halls, wish(), boss)
    Parameter.objects.create(name=RECALL_SECONDS, scope="ZJ03", value=25, valid_from=NEXT_WEEK)
    later = now() + timedelta(days=7)

    change, count = bulk.undo(made.pk, actor=boss, now=later)

    day = NEXT_WEEK + timedelta(days=1)
    assert (change.undone_from, count) == (day, 2)
    assert values(halls, NEXT_WEEK) == [20, 20, 25]
    assert values(halls, day) == [10, 15, 25]
    with pytest.raises(Refused) as no:
        bulk.undo(made.pk, actor=boss, now=later)
    assert no.value.code == "undone_already"


def test_one_that_is_not_in_force_yet_is_set_back_on_its_own_day(halls, boss):
    made = save(halls, wish(day=NEXT_WEEK), boss)

    change, count = bulk.undo(made.pk, actor=boss, now=now())

    assert (change.undone_from, count) == (NEXT_WEEK, 3)
    assert values(halls, NEXT_WEEK) == [10, 10, 10]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        (wish(value=9999), "bad_value"),
        (wish(name="nothing"), "bad_value"),
        (wish(day=TODAY), "in_the_past"),
        (wish(day=TODAY + timedelta(days=731)), "too_far"),
        (wish(value=10), "nothing_changes"),
        (wish(note="  "), "no_reason"),
    ],
)
def test_what_cannot_be_set_is_refused_and_changes_nothing(halls, boss, setting, code):
    with pytest.raises(Refused) as no:
        save(halls, setting, boss)
    assert no.value.code == code
    assert not Parameter.objects.exists()
    assert not BulkChange.objects.exists()


def test_without_halls_nothing_is_set(halls, boss):
    with pytest.raises(Refused) as no:
        bulk.preview([], wish(), now=now())
    assert no.value.code == "no_halls"


def test_what_moved_since_the_preview_has_to_be_seen_again(halls, boss):
    seen = digest(bulk.preview(halls, wish(), now=now()))
    Parameter.objects.create(name=RECALL_SECONDS, scope="ZJ02", value=15, valid_from=TODAY)
    parameters.forget()

    with pytest.raises(Refused) as no:
        bulk.set_parameter(halls, wish(), seen=seen, actor=boss, now=now())

    assert no.value.code == "moved_on"
    assert Parameter.objects.count() == 1


def test_a_material_for_many_halls_is_a_row_in_each_and_comes_down_together(halls, boss):
    pattern = Material(kind="poster", title="双十二", valid_from=TODAY, valid_to=NEXT_WEEK)

    made = bulk.put_material(halls, pattern, note="", actor=boss, now=now())
    first = Material.objects.get(hall=halls[0])
    assert sorted(Material.objects.values_list("hall__code", flat=True)) == ["ZJ01", "ZJ02", "ZJ03"]
    Material.objects.filter(pk=first.pk).update(retired_at=now(), retired_by=boss)

    assert bulk.undo(made.pk, actor=boss, now=now())[1] == 2
    assert not Material.objects.filter(retired_at=None).exists()


def test_the_same_material_is_not_hung_twice_by_two_clicks(halls, boss):
    def hang(*chosen):
        pattern = Material(kind="poster", title="双十二", valid_from=TODAY, valid_to=NEXT_WEEK)
        return bulk.put_material(chosen, pattern, note="", actor=boss, now=now())

    made = hang(halls[0])
    with pytest.raises(Refused) as no:
        hang(*halls)
    assert (no.value.code, halls[0].name in no.value.message, Material.objects.count()) == ("hangs_already", True, 1)

    bulk.undo(made.pk, actor=boss, now=now())
    assert hang(*halls).lines.count() == 3


def test_a_broadcast_says_where_it_was_not_said(halls, boss):
    template = BroadcastTemplate.objects.create(text="本厅 {时间} 停止取号")
    Parameter.objects.create(name="halls.broadcasts_per_hour", scope="ZJ02", value=1, valid_from=TODAY)
    parameters.forget()
    bulk.say(halls[1:2], template, {"时间": "16:00"}, actor=boss, now=now())

    silent = bulk.say(halls, template, {"时间": "17:30"}, actor=boss, now=now())

    assert [hall.code for hall, _ in silent] == ["ZJ02"]
    assert Broadcast.objects.count() == 3
    with pytest.raises(Refused) as no:
        bulk.say(halls, template, {}, actor=boss, now=now())
    assert no.value.code == "bad_blanks"


def test_the_page_shows_the_effect_first_and_saves_what_was_seen(halls, boss, client):
    client.force_login(boss)
    given = {"name": RECALL_SECONDS, "value": "20", "valid_from": TOMORROW.isoformat(), "note": "统一", "region": "JK"}

    shown = client.post("/bulk/parameter/", {**given, "preview": "1"})
    assert len(shown.context["changing"]) == 3
    assert not Parameter.objects.exists()
    stale = client.post("/bulk/parameter/", {**given, "save": "1", "seen": "x"})
    assert "请看过最新的影响再保存" in stale.content.decode()
    saved = client.post("/bulk/parameter/", {**given, "save": "1", "seen": shown.context["seen"]})

    made = BulkChange.objects.get()
    assert saved["Location"] == f"/bulk/{made.pk}/"
    assert "整批恢复" in client.get(f"/bulk/{made.pk}/").content.decode()
    assert client.post(f"/bulk/{made.pk}/undo/").status_code == 302
    assert values(halls, TOMORROW) == [10, 10, 10]


def test_a_manager_puts_materials_in_own_halls_only(halls, client):
    client.force_login(make_user("01001", Role.HALL_MANAGER, halls[0]))
    days = {"valid_from": TODAY.isoformat(), "valid_to": NEXT_WEEK.isoformat()}
    given = {"carrier": "screen", "kind": "poster", "title": "双十二", "region": "*", "on_tv": "on", **days}

    assert client.get("/bulk/parameter/").status_code == 403
    assert client.post("/bulk/material/", {**given, "halls": ["ZJ02"]}).status_code == 200
    assert not Material.objects.exists()
    assert client.post("/bulk/material/", {**given, "save": "1"}).status_code == 302
    assert [one.hall.code for one in Material.objects.all()] == ["ZJ01"]


def test_r_h_8_a_printed_material_for_many_halls_says_where_it_hangs(halls, boss, client):
    client.force_login(boss)
    days = {"valid_from": TODAY.isoformat(), "valid_to": NEXT_WEEK.isoformat()}
    given = {"carrier": "flag", "kind": "poster", "title": "双十二", "region": "*", "save": "1", **days}

    again = client.post("/bulk/material/", given)
    assert "请填写挂放的位置" in again.content.decode()
    assert not Material.objects.exists()

    assert client.post("/bulk/material/", {**given, "place": "入口上方"}).status_code == 302
    hung = register(halls[0], now())
    assert [(one.row.carrier, one.row.place, one.row.on_tv) for one in hung] == [("flag", "入口上方", False)]
    assert Material.objects.count() == len(halls)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_the_same_at_once_one_has_to_look_again():
    halls = [make_hall(code, region=make_region("JK")) for code in ("ZJ01", "ZJ02")]
    people = [make_user(role=Role.OPERATIONS, region=halls[0].region.parent) for _ in range(2)]
    settings = [wish(20), wish(25)]
    seen = [digest(bulk.preview(halls, one, now=now())) for one in settings]

    done = at_once(
        lambda which: (
            bulk.set_parameter(halls, settings[which], seen=seen[which], actor=people[which], now=now()).value
        ),
        2,
    )

    assert sorted(map(str, done))[1] == "moved_on"
    assert BulkChange.objects.count() == 1


def test_the_api_shows_the_effect_and_saves_with_its_mark(halls, boss, client):
    client.force_login(boss)
    given = {
        "name": RECALL_SECONDS,
        "value": 20,
        "valid_from": str(TOMORROW),
        "note": "统一",
        "halls": ["ZJ01", "ZJ02"],
    }

    def post(**more):
        return client.post("/api/v1/bulk/parameters/", {**given, **more}, content_type="application/json")

    shown = post().json()
    assert shown["effects"][0] == {"hall": "ZJ01", "before": 10, "after": 20}
    assert post(seen="stale").json()["code"] == "moved_on"
    assert post(halls=["NONE"]).status_code == 400
    made = post(seen=shown["seen"])
    assert (made.status_code, made.json()["halls"]) == (201, ["ZJ01", "ZJ02"])
    undone = client.post(f"/api/v1/bulk/{made.json()['id']}/undo/").json()
    assert undone["undone_from"] == str(TOMORROW)
    assert len(client.get("/api/v1/bulk/parameters/").json()["results"]) == 1
