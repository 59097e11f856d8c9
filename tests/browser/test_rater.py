"""The pad at a window: calm, five faces, reasons after a low one, thanks, calm again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.fake_kiosk import FakeServer

pytestmark = pytest.mark.browser

LAST = {"number": "A012", "about": "补卡换卡", "can_rate": True}


@pytest.fixture
def server(new_context: Callable[..., BrowserContext]) -> FakeServer:
    return FakeServer(new_context(viewport={"width": 800, "height": 480}, locale="zh-CN", reduced_motion="reduce"))


def test_the_pad_is_calm_until_somebody_was_served_and_follows_the_board(server: FakeServer):
    page = server.open_pad()
    expect(page.locator("[data-face=calm]")).to_be_visible()

    server.status = {"can_explain": False, **LAST}
    server.push(dict(server.board, version=2))

    expect(page.locator("#number")).to_have_text("A012")
    expect(page.locator(".scores button")).to_have_count(5)


def test_one_tap_rates_and_thanks(server: FakeServer):
    page = server.open_pad(**LAST)
    server.status_after_change = {"number": "A012", "can_rate": False, "can_explain": False}
    page.click("[data-score='5']")

    expect(page.locator("[data-face=thanks]")).to_be_visible()
    assert [path for path, _ in server.changes] == ["score"]
    expect(page.locator("[data-face=calm]")).to_be_visible(timeout=10000)
    assert server.faults == []


def test_a_low_score_asks_why(server: FakeServer):
    page = server.open_pad(**LAST)
    server.status_after_change = {"number": "A012", "can_rate": False, "can_explain": True}
    page.click("[data-score='1']")
    expect(page.locator("#send")).to_be_disabled()
    page.click("[data-reason=wait]")
    page.click("#send")

    expect(page.locator("[data-face=thanks]")).to_be_visible()
    assert [path for path, _ in server.changes] == ["score", "why"]
    assert 'name="reasons"\r\n\r\nwait' in server.changes[1][1]


def test_a_refusal_is_a_sentence(server: FakeServer):
    page = server.open_pad(**LAST)
    server.change = (409, {"code": "rate_over", "message": "这次评价的时间已过,谢谢您。"})
    page.click("[data-score='4']")

    expect(page.locator("#trouble")).to_have_text("这次评价的时间已过,谢谢您。")
