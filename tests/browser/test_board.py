"""The lobby TV, to the second: what it shows, what it says, and what it does when the server is away."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.fake_hall import ORIGIN, FakeHall, board, call, waiting, window

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-tv")]
TV = {"width": 1920, "height": 1080}
A012 = "请 A 零幺二号,到三号窗口办理"
B107 = "请 B 幺零七号,到十二号窗口办理"
MOVED = "请 A 零幺二号,改到五号窗口办理"
SENTENCES = {
    ("A012", 3): A012,
    ("B107", 12): B107,
    ("V003", 20): "请 V 零零三号,到二十号窗口办理",
    ("A1000", 99): "请 A 幺零零零号,到九十九号窗口办理",
    ("G041", 10): "请 G 零四幺号,到十号窗口办理",
}


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport=TV).new_page()


@pytest.fixture
def hall(page: Page) -> FakeHall:
    html = render_to_string("queueing/board.html", {"code": "ZJ01", "name": "中山东路营业厅", "build": "1"})
    return FakeHall(page, html)


def hero(page: Page) -> str:
    return page.locator("[data-hero=number]").inner_text()


def test_a_call_is_shown_large_and_spoken_twice(hall: FakeHall, page: Page) -> None:
    hall.open()
    hall.push(board(2, calls=[call("A012", 3)]))
    hall.live_until_said(2)

    assert hall.sentences() == [A012, A012]
    assert hero(page) == "A012"
    assert page.locator("[data-hero=window]").inner_text() == "3"
    size = page.locator("[data-hero=number]").evaluate("el => parseFloat(getComputedStyle(el).fontSize)")
    assert size >= 160


def test_two_calls_wait_for_each_other(hall: FakeHall) -> None:
    hall.open()
    first, second = call("A012", 3), call("B107", 12)
    hall.push(board(2, calls=[first]))
    hall.push(board(3, calls=[second, first]))
    hall.live_until_said(4)

    spoken = hall.spoken()
    assert [entry["text"] for entry in spoken] == [A012, A012, B107, B107]
    assert [entry["shown"] for entry in spoken] == ["A012", "A012", "B107", "B107"]
    assert all(one["ended"] <= two["began"] for one, two in pairwise(spoken))


def test_a_recall_is_spoken_once_more_and_a_moved_number_hears_its_new_window(hall: FakeHall) -> None:
    hall.open()
    first = call("A012", 3)
    hall.push(board(2, calls=[first]))
    hall.live(1)
    again = call("A012", 3, times=2)
    hall.push(board(3, calls=[again, first]))
    hall.live_until_said(3)
    hall.push(board(4, calls=[call("A012", 5, times=3, moved=True), again, first]))
    hall.live_until_said(5)

    assert hall.sentences() == [A012, A012, A012, MOVED, MOVED]


def test_a_number_called_elsewhere_is_not_sent_to_its_old_window(hall: FakeHall) -> None:
    hall.open()
    other, first, moved = call("B107", 12), call("A012", 3), call("A012", 5, times=2, moved=True)
    hall.push(board(2, calls=[other]))
    hall.push(board(3, calls=[first, other]))
    hall.push(board(4, calls=[moved, first, other]))
    hall.live_until_said(4)

    assert hall.sentences() == [B107, B107, MOVED, MOVED]


def test_a_page_that_loads_says_nothing_old(hall: FakeHall, page: Page) -> None:
    hall.document = board(4, calls=[call("A013", 1, seconds_ago=30), call("A012", 3, seconds_ago=50)])
    hall.open()
    hall.live(2)

    assert hall.spoken() == []
    assert hero(page) == "A013"
    assert page.locator(".recent-number").all_inner_texts() == ["A012"]


def test_older_versions_are_ignored(hall: FakeHall, page: Page) -> None:
    hall.document = board(9, name="新的")
    hall.open()
    hall.send(board(8, name="旧的"))
    hall.live(1)

    assert page.locator("h1").inner_text() == "新的"


def test_silence_raises_the_banner_within_five_seconds_and_a_pulse_takes_it_away(hall: FakeHall, page: Page) -> None:
    page.clock.install()
    hall.open()
    banner = page.locator("[data-part=stale]")
    expect(banner).to_be_hidden()
    page.clock.pause_at(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000 + 1, UTC))
    hall.beat()
    page.wait_for_timeout(500)
    page.clock.run_for(3_900)
    assert banner.is_hidden()

    page.clock.run_for(1_100)
    assert banner.is_visible()
    assert banner.inner_text().replace("\n", "").startswith("画面更新中断,请以工作人员叫号为准")
    assert "数据停在" in page.locator("[data-part=age]").inner_text()

    hall.beat()
    expect(banner).to_be_hidden(timeout=1_000)


def test_a_lost_message_is_healed_by_get(hall: FakeHall, page: Page) -> None:
    hall.open()
    hall.live(1)
    hall.push(board(5, calls=[call("A012", 3)]), silently=True)
    hall.beat()
    hall.live_until_said(2)

    assert hero(page) == "A012"
    assert hall.sentences() == [A012, A012]


def test_after_a_lost_link_missed_calls_are_spoken_in_order_and_old_ones_only_listed(
    hall: FakeHall, page: Page
) -> None:
    hall.open()
    hall.live(1)
    hall.go_down()
    expect(page.locator("[data-part=stale]")).to_be_visible()

    missed = [call("B107", 12, seconds_ago=5), call("A012", 3, seconds_ago=40), call("A002", 1, seconds_ago=90)]
    hall.push(board(7, calls=missed), silently=True)
    hall.come_back()
    page.wait_for_timeout(100)
    hall.live_until_said(4)

    assert hall.sentences() == [A012, A012, B107, B107]
    hall.live_until(page.locator("[data-part=stale]").is_hidden)
    assert hero(page) == "B107"
    assert page.locator(".recent-number").all_inner_texts() == ["A012", "A002"]


def test_a_page_whose_server_is_away_comes_alive_with_it(hall: FakeHall, page: Page) -> None:
    hall.up = False
    page.goto(f"{ORIGIN}/board/ZJ01/")
    expect(page.locator("[data-part=stale]")).to_be_visible()
    assert page.locator("[data-part=age]").inner_text() == "正在连接服务器…"

    hall.come_back()
    page.wait_for_selector("body:not(.is-loading)", timeout=12_000)
    hall.live_until(page.locator("[data-part=stale]").is_hidden)


def test_a_voice_that_gets_stuck_does_not_block_the_next_call(hall: FakeHall, page: Page) -> None:
    hall.open()
    page.evaluate("() => { speechSynthesis.speak = utterance => spoken.push({ text: utterance.text }); }")
    first, second = call("A012", 3), call("B107", 12)
    hall.push(board(2, calls=[first]))
    hall.push(board(3, calls=[second, first]))
    hall.live_until_said(4)

    assert hall.sentences() == [A012, A012, B107, B107]


def test_only_the_zone_of_this_screen_is_spoken(hall: FakeHall, page: Page) -> None:
    hall.open("?zone=东区")
    west, east = call("A012", 3, zone="西区"), call("B107", 12, zone="东区")
    hall.push(board(2, calls=[west]))
    hall.push(board(3, calls=[east, west]))
    hall.live_until_said(2)

    assert hall.sentences() == [B107, B107]
    assert hero(page) == "B107"


def test_a_quiet_screen_shows_and_never_speaks(hall: FakeHall, page: Page) -> None:
    hall.open("?mute=1")
    hall.push(board(2, calls=[call("A012", 3)]))
    hall.live(2)

    assert hall.spoken() == []
    assert hero(page) == "A012"


def test_waits_are_in_minutes_and_unknown_is_said_in_words(hall: FakeHall, page: Page) -> None:
    hall.document = board(
        2,
        windows=[window(1, "paused"), window(2, "serving", "A001"), window(3, "closed")],
        waiting=[waiting("A", "综合业务", 9, 710), waiting("B", "交费充值", 0, None)],
    )
    hall.open()

    assert page.locator(".waiting-time").all_inner_texts() == ["约 12 分钟", "暂无法估算"]
    assert page.locator(".window-state").all_inner_texts() == ["暂停服务", "A001"]


def test_without_a_number_the_line_is_called_to_the_window(hall: FakeHall, page: Page) -> None:
    hall.document = board(1, mode="line", windows=[window(3, "free")])
    hall.open()
    hall.push(board(2, mode="line", windows=[window(3, "called", "A012")], calls=[call("A012", 3)]))
    hall.live_until_said(2)

    assert hero(page) == "下一位"
    assert hall.sentences() == ["请下一位,到三号窗口办理"] * 2


def test_after_hours_the_screen_says_when_to_come_back(hall: FakeHall, page: Page) -> None:
    hall.document = board(2, open=False, issuing=False, windows=[window(1, "closed")])
    hall.open()

    assert page.locator("[data-part=closed]").is_visible()
    assert page.locator("[data-part=closed-hours]").inner_text() == "营业时间 08:30–18:00"
    assert page.locator("[data-part=main]").is_hidden()


def test_without_a_voice_the_shipped_clips_speak_after_one_touch(page: Page) -> None:
    html = render_to_string("queueing/board.html", {"code": "ZJ01", "name": "厅", "build": "1"})
    hall = FakeHall(page, html, speech_ms=None)
    page.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: undefined })")
    page.add_init_script(
        """window.played = [];
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (at) {
          window.played.push([at, this.buffer.duration]); return start.call(this, at); };"""
    )
    hall.open()
    assert page.locator("[data-part=muted]").is_visible()

    page.keyboard.press("Space")
    hall.live(1)
    assert page.locator("[data-part=muted]").is_hidden()
    assert page.locator("[data-part=built-in]").inner_text() == "使用内置语音"

    hall.push(board(2, calls=[call("A012", 3)]))
    hall.live(11)
    played = page.evaluate("window.played")
    assert len(played) == 2 * len("请A零幺二号") + 2 * 3  # 到, 三, 号窗口办理
    assert all(at + length <= after for (at, length), (after, _) in pairwise(played))


def test_sentences(hall: FakeHall, page: Page) -> None:
    hall.open()
    script = "async call => (await import('/static/js/board/sentence.js')).sentence(call)"

    assert [page.evaluate(script, call(number, place)) for number, place in SENTENCES] == [*SENTENCES.values()]


def test_nothing_on_the_screen_is_cut_off(hall: FakeHall, page: Page) -> None:
    many = [window(number, "serving", f"A{number:03d}") for number in range(1, 21)]
    classes = [waiting(letter, f"业务分组 {letter}", 10, 900) for letter in "ABCDEFHJVG"]
    hall.document = board(2, windows=many, waiting=classes, name="很长的名字" * 12)
    hall.open()

    script = """() => [...document.querySelectorAll(".waiting-row, .window-row")]
      .filter(row => row.getBoundingClientRect().bottom > row.closest(".panel").getBoundingClientRect().bottom)
      .length"""
    assert page.evaluate(script) == 0
    for part in page.locator(".top > :visible, .side").all():
        box = part.bounding_box()
        assert box
        assert box["x"] + box["width"] <= TV["width"]


def test_a_paired_screen_takes_its_zone_from_its_pairing(hall: FakeHall, page: Page) -> None:
    hall.device = {"zone": "东区"}
    hall.open()

    expect(page.locator("[data-part=zone]")).to_have_text("东区")


def display_html() -> str:
    facts = {"window": {"pk": 3, "number": 3, "label": "3 号窗口", "name": "综合业务"}, "hall": {"code": "ZJ01"}}
    return render_to_string("queueing/display.html", facts)


@pytest.mark.parametrize("size", [{"width": 1024, "height": 300}, {"width": 800, "height": 480}])
def test_a_window_display_shows_its_window_only(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    hall = FakeHall(page, display_html())
    hall.document = board(1, windows=[window(2, "called", "B001"), window(3, "free")])
    hall.open(path="/display/3/")
    what = page.locator(".what")
    assert what.inner_text().split() == ["空闲", "综合业务"]

    for state, number, shown in [
        ("called", "A012", ["请", "A012", "综合业务"]),
        ("serving", "A1012", ["办理中", "A1012", "综合业务"]),
        ("paused", None, ["暂停服务", "综合业务"]),
        ("closed", None, ["暂未开放"]),
    ]:
        hall.push(board(hall.document["version"] + 1, windows=[window(3, state, number)]))
        hall.live(0.2)
        assert what.inner_text().split() == shown
        box = page.locator("[data-part=number]").bounding_box()
        assert box
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]

    expect(page.locator("[data-part=stale]")).to_be_visible()
