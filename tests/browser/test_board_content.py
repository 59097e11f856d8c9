"""What stands beside the numbers on the lobby TV, and what is said to everybody: never expired, never late, never over
a call."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.fake_hall import SHANGHAI, FakeHall, ago, board, call, iso, waiting, window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-tv")]
A012 = "请 A 零幺二号,到三号窗口办理"
CLOSING = "本厅 17:30 停止取号"


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport={"width": 1920, "height": 1080}).new_page()


@pytest.fixture
def hall(page: Page) -> FakeHall:
    html = render_to_string("queueing/board.html", {"code": "ZJ01", "name": "中山东路营业厅", "build": "1"})
    return FakeHall(page, html)


def day(offset: int = 0) -> str:
    return (datetime.now(UTC) + SHANGHAI + timedelta(days=offset)).date().isoformat()


def slide(pk: int, title: str, **more: Any) -> dict[str, Any]:
    values = {"kind": "poster", "label": "优惠活动", "text": "", "image": "", "seconds": 1, "from": day(), "to": day()}
    return {"id": pk, "title": title, **values, **more}


def said(pk: int, text: str, seconds_ago: float = 0) -> dict[str, Any]:
    began = ago(seconds_ago)
    return {"id": pk, "text": text, "said_at": iso(began), "until": iso(began + timedelta(seconds=60))}


# The slide in front and whether its picture is seen, in one look: between two looks the slide may change.
FRONT = """() => {
  const slide = document.querySelector(".slide.is-front");
  return slide && [
    slide.querySelector(".slide-title").innerText, slide.querySelector(".slide-picture").checkVisibility(),
  ];
}"""


def front(page: Page) -> str:
    return page.locator(".slide.is-front .slide-title").inner_text()


def show(hall: FakeHall, *items: dict[str, Any], broadcasts: tuple[dict[str, Any], ...] = ()) -> None:
    hall.content = {"hall": "ZJ01", "items": list(items), "broadcasts": list(broadcasts)}
    hall.send({"content": "changed"})


WATCH = """() => {
    window.seen = [];
    const look = () => {
        const title = document.querySelector(".slide.is-front .slide-title")?.textContent;
        if (title && seen.at(-1) !== title) seen.push(title);
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
    look();
}"""


def test_slides_take_turns_in_their_order_and_elements_are_used_again(hall: FakeHall, page: Page) -> None:
    show(hall, slide(1, "一"), slide(2, "二"), slide(3, "三"))
    hall.open()
    page.evaluate(WATCH)
    hall.live(9)
    seen = page.evaluate("seen")

    assert len(seen) >= 5
    start = "一二三".index(seen[0])
    assert seen == [("一", "二", "三")[(start + turn) % 3] for turn in range(len(seen))]
    assert page.locator(".slide").count() == 2


def test_nothing_is_shown_before_its_first_or_after_its_last_day_even_without_a_link(
    hall: FakeHall, page: Page
) -> None:
    page.clock.install(time=datetime(2026, 11, 24, 15, 59, 40, tzinfo=UTC))
    script = "() => document.querySelector('.slide.is-front .slide-title')?.textContent ?? ''"
    today, tomorrow = "2026-11-24", "2026-11-25"
    hall.content = {
        "hall": "ZJ01",
        "items": [
            slide(1, "昨天到期", **{"from": "2026-11-01", "to": "2026-11-23"}),
            slide(2, "今天到期", **{"from": today, "to": today}),
            slide(3, "明天开始", **{"from": tomorrow, "to": tomorrow}),
        ],
        "broadcasts": [],
    }
    hall.document = board(1, generated_at="2026-11-24T23:59:40+08:00")
    page.goto("http://hall.test/board/ZJ01/")
    page.clock.run_for(4_000)
    page.wait_for_timeout(500)
    page.clock.run_for(3_000)
    assert page.evaluate(script) == "今天到期"

    hall.go_down()
    page.clock.run_for(20_000)
    assert page.evaluate(script) == "明天开始"


def test_without_slides_the_calls_have_the_room_and_a_new_one_takes_its_place_at_once(
    hall: FakeHall, page: Page
) -> None:
    hall.document = board(1, calls=[call("A012", 3, seconds_ago=30), call("A011", 2, seconds_ago=50)])
    hall.open()
    hall.live(1)
    carousel = page.locator("[data-part=carousel]")
    assert carousel.is_hidden()

    show(hall, slide(1, "新的"))
    hall.live(2)
    expect(carousel).to_be_visible()
    assert front(page) == "新的"
    box, left = carousel.bounding_box(), page.locator(".recents").bounding_box()
    assert box
    assert left
    assert left["x"] + left["width"] <= box["x"]

    show(hall)
    hall.live(2.5)
    expect(carousel).to_be_hidden()


def test_a_picture_is_shown_when_it_is_there_and_passed_over_when_not(hall: FakeHall, page: Page) -> None:
    picture = "/halls/tv/pictures/good.png"
    show(hall, slide(1, "有图", image=picture), slide(2, "坏图", image="/halls/tv/pictures/bad.png"), slide(3, "文字"))
    hall.open()
    seen = set()
    for _ in range(40):
        hall.live(0.2)
        if told := page.evaluate(FRONT):
            seen.add(tuple(told))

    assert seen == {("有图", True), ("文字", False)}


def test_an_urgent_notice_stays_at_the_bottom(hall: FakeHall, page: Page) -> None:
    text = "业务系统维护中,部分业务暂不能办理,已取号码继续有效"
    show(hall, slide(1, text, kind="urgent", label="紧急通知"), slide(2, "海报"))
    hall.open()
    hall.live(14)

    news = page.locator("[data-part=news]")
    assert news.inner_text() == text
    assert news.evaluate("el => el.classList.contains('is-urgent')")
    assert front(page) == "海报"
    show(hall, slide(2, "海报"))
    hall.live(1.5)
    assert news.inner_text() == "今日营业到 18:00"
    assert not news.evaluate("el => el.classList.contains('is-urgent')")


def test_a_broadcast_is_shown_and_spoken_twice_once(hall: FakeHall, page: Page) -> None:
    hall.open()
    hall.live(1)
    show(hall, broadcasts=(said(1, CLOSING),))
    hall.live_until_said(2)
    banner = page.locator("[data-part=broadcast]")
    expect(banner).to_be_visible()
    assert banner.inner_text() == CLOSING

    for _ in range(3):
        show(hall, slide(1, "一"), broadcasts=(said(1, CLOSING),))
        hall.live(0.6)
    assert hall.sentences() == [CLOSING, CLOSING]
    hall.live(15)
    expect(banner).to_be_hidden()


def test_a_screen_that_was_away_keeps_silent_about_what_is_over(hall: FakeHall, page: Page) -> None:
    hall.open()
    hall.live(1)
    hall.go_down()
    page.wait_for_timeout(5_500)
    hall.content = {"hall": "ZJ01", "items": [], "broadcasts": [said(1, "旧的", 61), said(2, "新的", 20)]}
    hall.come_back()
    page.wait_for_timeout(100)
    hall.live_until_said(2)

    assert hall.sentences() == ["新的", "新的"]


def test_a_broadcast_never_talks_over_a_call(hall: FakeHall, page: Page) -> None:
    hall.open()
    hall.live(1)
    page.evaluate("window.speechTakes = 700")
    show(hall, broadcasts=(said(1, CLOSING),))
    hall.live_until(lambda: len(hall.sentences()) == 1)
    hall.push(board(2, calls=[call("A012", 3)]))
    hall.live_until_said(3)

    spoken = hall.spoken()
    assert [one["text"] for one in spoken] == [CLOSING, A012, A012]
    assert all(one["ended"] <= two["began"] for one, two in pairwise(spoken))


def test_without_a_voice_a_broadcast_is_a_banner_and_calls_go_on(page: Page) -> None:
    html = render_to_string("queueing/board.html", {"code": "ZJ01", "name": "厅", "build": "1"})
    hall = FakeHall(page, html, speech_ms=None)
    page.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: undefined })")
    hall.open()
    hall.live(1)
    show(hall, broadcasts=(said(1, CLOSING),))
    hall.live(1.5)
    expect(page.locator("[data-part=broadcast]")).to_have_text(CLOSING)

    hall.push(board(2, calls=[call("A012", 3)]))
    hall.live(1)
    assert page.locator("[data-hero=number]").inner_text() == "A012"


def test_ranges_stops_and_returns_are_told_in_words(hall: FakeHall, page: Page) -> None:
    groups = [
        {"code": "a", "name": "综合业务", "letter": "A", "stopped": ""},
        {"code": "t", "name": "宽带电视", "letter": "T", "stopped": "stopped"},
    ]
    hall.document = board(
        1,
        groups=groups,
        waiting=[
            {**waiting("A", "综合业务", 9, 720), "estimated_wait_high_seconds": 1080},
            {**waiting("B", "交费充值", 1, 60), "estimated_wait_high_seconds": 60},
            {**waiting("T", "宽带电视", 0, 60), "estimated_wait_high_seconds": 120},
        ],
        windows=[
            {**window(1, "paused"), "back_at": "2026-11-24T13:05:00+08:00"},
            {**window(2, "free"), "mobile": True},
        ],
    )
    hall.open()

    assert page.locator(".waiting-time").all_inner_texts() == ["12–18 分钟", "约 1 分钟", "暂停取号"]
    assert page.locator(".window-state").all_inner_texts() == ["13:05 恢复", "空闲"]
    assert page.locator(".window-name").all_inner_texts() == ["综合业务", "移动收费"]
    assert page.locator("[data-part=news]").inner_text() == "「宽带电视」暂停取号"
