import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.fake_kiosk import FakeServer, board, status

pytestmark = pytest.mark.browser

PHONE, SMALL_PHONE = {"width": 390, "height": 844}, {"width": 320, "height": 640}
WINDOW = {"id": 3, "label": "3 号窗口", "number": 3}
LATER = "2026-11-22T10:50:00+08:00"
# Words under 18 px, buttons under 48 px, anything wider than the phone.
STUMBLES = """() => {
  const found = document.documentElement.scrollWidth > innerWidth ? ["wide page"] : [];
  for (const node of document.querySelectorAll("body *")) {
    if (!node.checkVisibility() || node.closest(".symbols")) continue;
    const speaks = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (speaks && parseFloat(getComputedStyle(node).fontSize) < 18) found.push(`tiny ${node.textContent}`);
    if (node.matches("button") && node.getBoundingClientRect().height < 48) found.push(`small ${node.id}`);
  }
  return found;
}"""


@pytest.fixture
def server(new_context: Callable[..., BrowserContext]) -> FakeServer:
    return FakeServer(new_context(viewport=PHONE, locale="zh-CN", has_touch=True, reduced_motion="reduce"))


def become(server: FakeServer, version: int, **more: Any) -> None:
    """The number moves on, and the hall's board says that something moved."""
    server.status = status(as_of=f"2026-11-22T10:50:{version:02d}+08:00", **more)
    server.push(board(version))


def test_the_page_follows_its_number_through_the_hall(server: FakeServer):
    page = server.open_customer()
    headline = page.locator("#headline")
    expect(page.locator("#ahead")).to_have_text("5 位")
    expect(page.locator("#wait")).to_have_text("12–20 分钟")
    expect(page).to_have_title("A012 前面 5 位 · 大市口店")

    become(server, 2, ahead=2, estimated_wait_seconds=240, estimated_wait_high_seconds=480)
    expect(headline).to_have_text("前面还有 2 位,请回到大厅")
    become(server, 3, ahead=0, estimated_wait_seconds=60, estimated_wait_high_seconds=180)
    expect(headline).to_have_text("下一位就是您,请在大厅等候")
    become(server, 4, state="called", calls=1, window=WINDOW, ahead=0)
    expect(headline).to_have_text("轮到您了,请到 3 号窗口")
    expect(page).to_have_title("轮到您了 A012 3 号窗口 · 大市口店")
    become(server, 5, state="serving", calls=1, window=WINDOW, can_cancel=False)
    expect(headline).to_have_text("正在 3 号窗口为您办理")
    expect(page.locator("#leave")).to_be_hidden()
    become(server, 6, state="done", window=WINDOW, can_cancel=False, can_rate=True)
    expect(page.locator("#rate h2")).to_have_text("这次服务您满意吗?")
    assert server.faults == []


def test_it_buzzes_when_near_when_called_and_at_each_repeat(server: FakeServer):
    page = server.open_customer()
    become(server, 2, ahead=2)
    expect(page.locator("body")).to_have_attribute("data-state", "near")
    become(server, 3, ahead=1)
    expect(page.locator("#ahead")).to_have_text("1 位")
    become(server, 4, state="called", calls=1, window=WINDOW)
    expect(page.locator("body")).to_have_attribute("data-state", "called")
    become(server, 5, state="called", calls=2, window=WINDOW)
    expect(page.locator("#advice")).to_have_text("已第 2 次叫您的号码,请尽快到窗口")

    near, called = [300, 150, 300], [600, 200, 600, 200, 600]
    assert page.evaluate("window.buzzes") == [near, called, called]


def test_a_busy_board_costs_at_most_one_question_a_second(server: FakeServer):
    page = server.open_customer()
    page.wait_for_timeout(2000)
    before, began = server.asked_status, time.monotonic()
    for version in range(2, 22):
        server.push(board(version))
        page.wait_for_timeout(100)

    assert 1 <= server.asked_status - before <= time.monotonic() - began + 1


def test_a_missed_number_is_told_where_to_go(server: FakeServer):
    page = server.open_customer(state="no_show", can_cancel=False)

    expect(page.locator("#headline")).to_have_text("您的号码已过号。请到引导台,可为您顺延 3 位")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("held", "您的号码已暂挂"),
        ("cancelled", "号码已取消"),
        ("closed", "当天营业已结束,号码已关闭"),
    ],
)
def test_other_ends_are_said_in_words(server: FakeServer, state: str, sentence: str):
    page = server.open_customer(state=state)

    expect(page.locator("#headline")).to_have_text(sentence)


def test_an_unknown_wait_is_said_and_never_invented(server: FakeServer):
    page = server.open_customer(estimated_wait_seconds=None)

    expect(page.locator("#unknown")).to_have_text("暂时无法估算等候时间,请留意叫号")
    expect(page.locator("#wait-fact")).to_be_hidden()


def test_documents_to_bring_are_shown_when_known(server: FakeServer):
    page = server.open_customer(documents="机主身份证原件")

    expect(page.locator("#documents")).to_have_text("机主身份证原件")


def test_cancelling_names_the_number_and_can_be_thought_over(server: FakeServer):
    page = server.open_customer()
    page.click("#leave")
    expect(page.locator("#sure-words")).to_have_text("确定取消 A012 吗?取消后需要重新取号。")
    page.click("#keep")
    expect(page.locator("#sure")).to_be_hidden()
    assert server.changes == []

    page.click("#leave")
    server.status_after_change = status(state="cancelled", can_cancel=False, as_of=LATER)
    page.click("#cancel-form .cancel")

    expect(page.locator("#headline")).to_have_text("号码已取消")
    assert [what for what, _ in server.changes] == ["cancel"]


def test_a_refused_cancel_shows_the_sentence(server: FakeServer):
    page = server.open_customer()
    sentence = "A012 现在是「办理中」,不能这样操作。"
    server.change = (409, {"code": "bad_move", "message": sentence})
    page.click("#leave")
    page.click("#cancel-form .cancel")

    expect(page.locator("#problem")).to_have_text(sentence)
    expect(page.locator("#sure")).to_be_hidden()


def test_one_tap_rates(server: FakeServer):
    page = server.open_customer(state="done", can_rate=True, can_cancel=False)
    expect(page.locator("#rate-form button")).to_have_text(["非常满意", "满意", "一般", "不满意", "非常不满意"])
    server.status_after_change = status(state="done", rating=5, can_cancel=False, as_of=LATER)
    page.click("#rate-form button >> nth=0")

    expect(page.locator("#advice")).to_have_text("谢谢您的评价:非常满意")
    expect(page.locator("#rate")).to_be_hidden()
    [(what, body)] = server.changes
    assert what == "rate"
    assert 'name="score"\r\n\r\n5' in body


def test_a_second_rating_is_refused_in_words(server: FakeServer):
    page = server.open_customer(state="done", can_rate=True, can_cancel=False)
    server.change = (409, {"code": "rated_already", "message": "这次服务已经评价过了,谢谢您。"})
    page.click("#rate-form button >> nth=1")

    expect(page.locator("#problem")).to_have_text("这次服务已经评价过了,谢谢您。")


def test_a_bad_rating_is_answered_with_regret_and_a_way_to_be_heard(server: FakeServer):
    page = server.open_customer(state="done", rating=1, can_cancel=False)

    expect(page.locator("#advice")).to_contain_text("很抱歉没让您满意")
    expect(page.locator("#advice")).to_contain_text("0511-80000001")


def test_a_lost_link_is_said_with_the_age_and_heals_by_itself(server: FakeServer):
    page = server.open_customer()
    page.wait_for_timeout(1500)
    server.go_down()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("#stale")).to_contain_text("连接中断,数据停在")
    server.come_back()
    become(server, 9, ahead=1)
    expect(page.locator("#ahead")).to_have_text("1 位", timeout=10000)
    expect(page.locator("#stale")).to_be_hidden()


def test_an_act_without_a_link_says_so_and_changes_nothing(server: FakeServer):
    page = server.open_customer()
    page.click("#leave")
    server.go_down()
    page.click("#cancel-form .cancel")

    expect(page.locator("#problem")).to_have_text("现在连不上系统,请稍后再试。")
    expect(page.locator("#number")).to_have_text("A012")


def test_english_for_browsers_that_prefer_it_and_back_by_a_tap(new_context: Callable[..., BrowserContext]):
    server = FakeServer(new_context(viewport=PHONE, locale="en-US"))
    page = server.open_customer(state="called", calls=1, window=WINDOW)
    expect(page.locator("#headline")).to_have_text("It's your turn:window 3")
    expect(page.locator("#about")).to_have_text("General services")
    page.click("#language")
    expect(page.locator("#headline")).to_have_text("轮到您了,请到 3 号窗口")

    page.reload()

    expect(page.locator("#headline")).to_have_text("轮到您了,请到 3 号窗口")


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_every_state_fits_a_phone_and_old_eyes(new_context: Callable[..., BrowserContext], locale: str):
    context = new_context(viewport=PHONE, locale=locale, reduced_motion="reduce")
    server = FakeServer(context, fonts=True)
    page = server.open_customer(documents="机主身份证原件")
    for version, state in enumerate(("near", "called", "serving", "held", "done", "no_show", "cancelled"), 2):
        more = {"state": "waiting", "ahead": 1} if state == "near" else {"state": state}
        become(server, version, window=WINDOW, calls=2, documents="证件", can_rate=state == "done", **more)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator("body")).to_have_attribute("data-state", state)
        for size in (PHONE, SMALL_PHONE):
            page.set_viewport_size(size)
            assert page.evaluate(STUMBLES) == []
    assert server.faults == []


def test_a_low_rating_is_asked_why_and_a_call_wants_a_phone(server: FakeServer):
    page = server.open_customer(state="done", rating=1, can_explain=True, can_cancel=False)
    expect(page.locator("#call-phone")).to_be_hidden()
    page.click(".chip:has-text('等候久')")
    page.click(".chip-call")
    page.fill("#call-number", "13800000001")
    server.status_after_change = {**server.status, "can_explain": False, "as_of": "2026-11-22T10:42:12+08:00"}
    page.click("#why-form .send")

    expect(page.locator("#why")).to_be_hidden()
    assert [path for path, _ in server.changes] == ["why"]
    assert server.faults == []


def test_a_held_number_says_what_it_waits_for(server: FakeServer):
    page = server.open_customer(state="held", held_kind="papers")

    expect(page.locator("#headline")).to_have_text("请补齐材料后回来")
