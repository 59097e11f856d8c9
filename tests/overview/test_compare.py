"""区县对比: spans, what stands out, the drawing; and that page, file and API say what the one reader says."""

from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.time import SHANGHAI, business_day, now
from overview.queries import compare as reads
from overview.queries import figures
from overview.rules import compare as rules
from overview.rules.compare import Against
from overview.rules.figures import ALL
from overview.templatetags.compared import compared
from queueing.actions.figures import add_up_days
from staff.states import Role
from tests.factories import make_hall, make_region, make_ticket, make_user

MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)


@pytest.mark.parametrize(
    ("first", "last", "against", "expected"),
    [
        (MONDAY, SUNDAY, Against.BEFORE, (date(2026, 11, 9), date(2026, 11, 15))),
        (date(2026, 11, 18), date(2026, 11, 18), Against.BEFORE, (date(2026, 11, 17), date(2026, 11, 17))),
        (date(2026, 11, 18), date(2026, 11, 18), Against.WEEK, (date(2026, 11, 11), date(2026, 11, 11))),
        (date(2026, 11, 1), date(2026, 11, 30), Against.WEEK, (date(2026, 10, 2), date(2026, 10, 31))),
        (MONDAY, SUNDAY, Against.YEAR, (date(2025, 11, 17), date(2025, 11, 23))),
    ],
)
def test_days_are_held_against_as_many_others(first: date, last: date, against: str, expected: Any) -> None:
    assert rules.held_against(first, last, against) == expected


def of(**values: Any) -> dict[str, Any]:
    return dict.fromkeys(ALL) | values


def test_what_got_clearly_worse_and_is_worse_than_half_stands_out() -> None:
    after = {1: of(mean_wait=12.0), 2: of(mean_wait=6.0), 3: of(mean_wait=5.0)}
    (found,) = rules.standouts(after, {1: of(mean_wait=8.0), 2: of(mean_wait=6.0), 3: of(mean_wait=4.9)})
    assert (found.hall, found.sentence) == (1, "平均等候 12.0 分,此前 8.0 分,各厅中位数 6.0 分")


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("mean_wait", 10.5, 12.0),  # less than a fifth
        ("mean_wait", 20.0, 12.0),  # better than it was
        ("mean_wait", None, 12.0),  # nothing to hold it against
        ("long_waits", 2, 4),  # a few are no tendency
        ("within_standard", 0.06, 0.02),  # four points of a share
        ("waiting", 1, 40),  # of this moment: earlier days say nothing of it
        ("issued", 10, 400),  # neither good nor bad
    ],
)
def test_everydays_up_and_down_does_not(key: str, before: Any, after: Any) -> None:
    others = {pk: of(**{key: after / 3 if key != "within_standard" else 0.9}) for pk in (2, 3)}
    assert rules.standouts({1: of(**{key: after}), **others}, {1: of(**{key: before}), **others}) == []


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    assert rules.line([0, 5, None, 10], 10, 90, 20) == [[(0.0, 20.0), (30.0, 10.0)], [(90.0, 0.0)]]
    assert rules.line([None], 10, 90, 20) == []
    assert rules.line([0, 0], 0, 90, 20) == [[(0.0, 20), (90.0, 20)]]


def test_places_keep_their_shape_and_one_alone_stands_in_the_middle() -> None:
    drawn = rules.placed({"north": (1.0, 0.0), "south": (0.0, 0.0), "east": (0.0, 1.0)}, 200, 100)
    assert (drawn["south"][0], drawn["south"][1] - drawn["north"][1]) == (drawn["north"][0], 100.0)
    assert drawn["east"][0] - drawn["south"][0] == pytest.approx(100, abs=0.2)
    assert rules.placed({"one": (32.1, 119.4)}, 200, 100) == {"one": (100.0, 50.0)}
    assert rules.placed({}, 200, 100) == {}


def test_names_on_the_map_do_not_lie_on_each_other() -> None:
    points = {"a": (100.0, 100.0), "b": (104.0, 100.0), "far": (300.0, 200.0)}
    found = rules.labelled(points, dict.fromkeys(points, 60.0))
    assert found == {"a": (100.0, 86.0), "b": (104.0, 123.0), "far": (300.0, 186.0)}
    crowd = dict.fromkeys(range(6), (100.0, 100.0))
    assert rules.labelled(crowd, dict.fromkeys(crowd, 60.0)) == {
        0: (100.0, 86.0), 1: (100.0, 123.0), 2: (144.0, 104.0), 3: (56.0, 104.0),
    }  # fmt: skip
    assert rules.labelled({}, {}) == {}


def test_of_a_crowded_city_every_name_shown_is_free_and_every_one_left_out_is_not() -> None:
    """The same by holding each box against every other one."""
    chance = Random(8)
    points = {at: (chance.uniform(0, 520), chance.uniform(0, 300)) for at in range(120)}
    widths = {at: chance.uniform(40, 130) for at in points}
    taken: list[tuple[float, ...]] = []
    shown = {}
    for name, (x, y) in points.items():
        half = widths[name] / 2
        dots = [(a - 8, b - 8, a + 8, b + 8) for other, (a, b) in points.items() if other != name]
        for a, b in ((x, y - 14), (x, y + 23), (x + half + 14, y + 4), (x - half - 14, y + 4)):
            box = (a - half, b - 13, a + half, b + 2)
            if all(box[0] >= o[2] or o[0] >= box[2] or box[1] >= o[3] or o[1] >= box[3] for o in [*taken, *dots]):
                taken.append(box)
                shown[name] = (round(a, 1), round(b, 1))
                break
    assert (rules.labelled(points, widths), 10 < len(shown) < 120) == (shown, True)


def test_a_cell_leads_to_what_it_counts_and_says_what_was(db: Any) -> None:
    hall = make_hall("ZJ01")
    url = reads.source_of(ALL["issued"], hall, SUNDAY, SUNDAY)
    cells = [
        reads.Cell(ALL["issued"], 12, 1200, url),
        reads.Cell(ALL["mean_wait"], None, None, url),
        reads.Cell(ALL["waiting"], 3, 3, "/overview/halls/ZJ01/"),
        reads.Cell(ALL["no_show_rate"], 0.5, 0.25),
    ]
    assert compared(cells) == (
        '<td class="text-end num ">'
        '<a href="/overview/halls/ZJ01/behind/issued/?from=2026-11-22&amp;to=2026-11-22">12</a>'
        '<small class="d-block">↓ 1,200</small></td>'
        '<td class="text-end num ">—</td>'
        '<td class="text-end num "><a href="/overview/halls/ZJ01/">3</a></td>'
        '<td class="text-end num bad">50.0%<small class="d-block">↑ 25.0%</small></td>'
    )


@pytest.fixture
def city(db: Any) -> dict[str, Any]:
    """Two halls of a district with a day of tickets each, and one elsewhere."""
    halls = [
        make_hall("ZJ01", latitude="32.2", longitude="119.4"),
        make_hall("ZJ02", latitude="32.1", longitude="119.5"),
    ]
    far = make_hall("NJ01", region=make_region("NJ"))
    day = business_day(now()) - timedelta(days=1)
    for hall, waits in zip(halls, ((2, 4), (20, 30, 40)), strict=True):
        for number, minutes in enumerate(waits):
            at = datetime(day.year, day.month, day.day, 10, number, tzinfo=SHANGHAI)
            called = at + timedelta(minutes=minutes)
            make_ticket(hall, taken_at=at, called_at=called, started_at=called, finished_at=called, state="done")
    return {"halls": halls, "far": far, "day": day, "district": make_user(role=Role.DISTRICT, region=halls[0].region)}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_page_file_and_api_say_what_the_one_reader_says(city: dict[str, Any]) -> None:
    client, day = signed_in(city["district"]), city["day"]
    ids = [hall.pk for hall in city["halls"]]
    truth = figures.of_halls(ids, day, day, now())
    assert [truth[pk]["mean_wait"] for pk in ids] == [3.0, 30.0]
    page = client.get("/overview/compare/", {"from": day, "to": day, "sort": "-mean_wait"}).content.decode()
    assert page.index("30.0 分") < page.index("3.0 分</a>")
    assert city["far"].name not in page
    book = load_workbook(BytesIO(client.get("/overview/compare/export/", {"from": day, "to": day}).content)).active
    rows = list(book.iter_rows(min_row=3, values_only=True))
    at = rows[0].index("平均等候")
    assert [(row[0], row[at]) for row in rows[1:]] == [
        (hall.name, truth[hall.pk]["mean_wait"]) for hall in city["halls"]
    ]
    told = client.get("/api/v1/overview/figures/", {"since": day, "until": day}).json()
    assert {one["hall"]: one["values"] for one in told["halls"]} == {
        hall.code: truth[hall.pk] for hall in city["halls"]
    }
    assert [one["key"] for one in told["figures"]] == list(ALL)


def test_two_halls_stand_beside_each_other(city: dict[str, Any]) -> None:
    client, day = signed_in(city["district"]), city["day"]
    page = client.get("/overview/compare/", {"from": day, "to": day, "with": ["ZJ01", "ZJ02"]}).content.decode()
    assert f"{city['halls'][0].name} 与 {city['halls'][1].name}" in page
    for asked in (["ZJ01"], ["ZJ01", "ZJ01"], ["ZJ01", "NJ01"]):
        shown = client.get("/overview/compare/", {"from": day, "to": day, "with": asked})
        assert [hall.code for hall in shown.context["chosen"]] == ["ZJ01"]


def test_two_freely_chosen_spans_stand_beside_each_other_on_page_file_and_api(city: dict[str, Any]) -> None:
    client, day = signed_in(city["district"]), city["day"]
    hall, first = city["halls"][0], day - timedelta(days=40)
    make_ticket(hall, taken_at=datetime(first.year, first.month, first.day, 10, tzinfo=SHANGHAI))
    add_up_days([(hall.pk, first)], now())
    asked = {"from": day, "to": day, "against": "own", "from2": first, "to2": first + timedelta(days=2)}
    shown = client.get("/overview/compare/", {**asked, "with": "ZJ01"})
    (cells,) = [cells for _, lines in shown.context["pair"] for figure, cells in lines if figure.key == "issued"]
    assert [(one.value, one.before) for one in cells] == [(2, 1)]
    assert "两段天数不同(1 天与 3 天)" in shown.content.decode()
    rows = list(load_workbook(BytesIO(client.get("/overview/compare/export/", asked).content)).active.values)
    at = rows[2].index("取号数")
    assert [(row[0], row[at], row[at + 1]) for row in rows[3:]] == [(hall.name, 2, 1), (city["halls"][1].name, 3, 0)]
    told = {"since": day, "until": day, "before_since": first, "before_until": first + timedelta(days=2)}
    (one,) = client.get("/api/v1/overview/figures/", {**told, "hall": "ZJ01"}).json()["halls"]
    assert (one["values"]["issued"], one["before"]["issued"]) == (2, 1)
    both = client.get("/api/v1/overview/figures/", {**told, "hall": "ZJ02,ZJ01"}).json()
    assert [one["hall"] for one in both["halls"]] == ["ZJ01", "ZJ02"]
    assert client.get("/api/v1/overview/figures/", {"hall": "ZJ01"}).json()["halls"][0]["before"] == {}


@pytest.mark.parametrize(
    ("today", "name", "days"),
    [
        (date(2026, 11, 25), "上月与前月", "2026-10-01 2026-10-31 2026-09-01 2026-09-30"),
        (date(2026, 3, 31), "本月与上月同期", "2026-03-01 2026-03-30 2026-02-01 2026-02-28"),
        (date(2024, 3, 1), "上月与去年同月", "2024-02-01 2024-02-29 2023-02-01 2023-02-28"),
    ],
)
def test_months_are_held_against_months_by_their_calendar_days(today: date, name: str, days: str) -> None:
    ((span, held),) = [one[1:] for one in rules.presets(today) if one[0] == name]
    assert " ".join(map(str, (*span, *held))) == days


def test_on_the_first_of_a_month_its_own_days_are_not_offered() -> None:
    assert [one[0] for one in rules.presets(date(2026, 11, 1))] == ["上月与前月", "上月与去年同月"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "1976-01-01", "to": "2026-01-01"}, "一次最多比较 366 天"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "开始日期晚于结束日期"),
        ({"to": "2999-01-01", "from": "2998-12-31"}, "结束日期还没有到"),
        ({"from": "昨天"}, "下面是近 7 天的数字"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "没有 2000 年以前的记录"),
    ],
)
def test_bad_days_get_a_sentence_and_the_last_week(city: dict[str, Any], asked: dict[str, str], sentence: str) -> None:
    client = signed_in(city["district"])
    page = client.get("/overview/compare/", asked)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    bad = {"since": asked.get("from", "2026-01-01"), "until": asked.get("to", "x")}
    assert client.get("/api/v1/overview/figures/", bad).status_code == 400


@pytest.mark.parametrize(
    ("held", "name", "sentence"),
    [
        ({"from2": "1976-01-01", "to2": "2026-01-01"}, "before_since", "一次最多比较 366 天"),
        ({"from2": "2026-11-02", "to2": "2026-11-01"}, "before_since", "开始日期晚于结束日期"),
        ({"from2": "2998-12-31", "to2": "2999-01-01"}, "before_until", "结束日期还没有到"),
        ({"from2": "2026-11-01"}, "before_until", "请填写对比的开始和结束日期"),
        ({"from2": "0001-01-01", "to2": "0001-01-01"}, "before_since", "没有 2000 年以前的记录"),
    ],
)
def test_bad_days_to_hold_against_get_a_sentence_too(
    city: dict[str, Any], held: dict[str, str], name: str, sentence: str
) -> None:
    client = signed_in(city["district"])
    page = client.get("/overview/compare/", {"against": "own", **held})
    assert (page.status_code, sentence in page.content.decode()) == (200, True)
    names = {"from2": "before_since", "to2": "before_until"}
    bad = client.get("/api/v1/overview/figures/", {names[key]: value for key, value in held.items()})
    assert (bad.status_code, list(bad.json())) == (400, [name])


def test_a_hall_without_windows_or_numbers_shows_dashes(db: Any) -> None:
    hall = make_hall("ZJ05", groups=False, windows=0, is_live=False)
    page = signed_in(make_user(role=Role.DISTRICT, region=hall.region)).get("/overview/compare/").content.decode()
    assert "—" in page
    assert not {"NaN", "None", "nan"} & set(page.replace("<", " ").replace(">", " ").split())


def test_more_halls_ask_no_more_questions(city: dict[str, Any]) -> None:
    def asked() -> int:
        halls = list(type(city["far"]).objects.order_by("code"))
        with CaptureQueriesContext(connection) as seen:
            day = city["day"]
            reads.read(halls, (day, day), rules.held_against(day, day, Against.BEFORE), now())
            reads.smalls(halls, "mean_wait", city["day"], city["day"], now())
        return len(seen)

    asked()  # what is kept for a while is read once
    few = asked()
    for number in range(6, 12):
        make_hall(f"ZJ{number:02d}", region=city["halls"][0].region)
    assert asked() == few
