"""A whole handover on the counter's screen: counted and signed with the keyboard alone, then locked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import SLOW, LiveHall

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_shift_is_counted_given_and_taken_without_a_mouse(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{live_hall.url}/login/?next=/handovers/BR01/?at=1")
    page.fill("input[name=username]", live_hall["people"]["clerk"]["username"])
    page.fill("input[name=password]", live_hall["password"])
    page.keyboard.press("Enter")
    page.select_option("[name=window]", "1")
    page.select_option("[name=mode]", "face")
    page.get_by_role("button", name="开始清点").click()
    expect(page.locator("h1")).to_have_text("1 号窗口交接 · 小李")

    page.locator("[data-note]").first.focus()
    for key in ("Enter", "4", "Enter", "4", "ArrowDown", "2", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("[data-status]")).to_have_text("已全部清点。")
    page.keyboard.type(live_hall["password"])
    page.keyboard.press("Enter")
    expect(page.locator(".note.error")).to_have_text("还有 1 项差额没有填写原因,不能交班。")
    expect(page.locator("tr.differs [data-difference]")).to_have_text("-20.00")

    page.locator("[data-note='20']").fill("5")
    expect(page.locator("[data-line]").first.locator("[data-difference]")).to_have_text("0")
    page.select_option("[name=taker]", live_hall["people"]["clerk2"]["username"])
    page.locator("#giver-password").fill(live_hall["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#taker-no")).to_have_value(live_hall["people"]["clerk2"]["username"])
    for item in page.locator(".ho-work input").all():  # numbers that other tests left on hold at this hall
        item.check()
    page.locator("#taker-password").focus()

    page.keyboard.type(live_hall["password"])
    page.keyboard.press("Enter")
    expect(page.locator(".ho-locked")).to_contain_text("两人已签名,记录已锁定。")
    expect(page.locator(".state-word").first).to_have_text("已完成 (已锁定)")
