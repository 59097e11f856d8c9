"""A clerk looks something up without leaving the counter; a greeter reads a notice and confirms it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import LiveHall
from tests.browser.test_counter import SLOW, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_counter_finds_an_article_by_initials_with_the_keyboard_alone(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(SLOW)
    sign_in(page, live_hall, "clerk")
    page.locator(".bar, .window-choice").first.wait_for()
    if page.locator(".window-choice").count():
        page.get_by_role("button", name="1 号窗口").click()
    expect(page.locator("#clock")).not_to_be_empty()

    page.keyboard.press("q")
    dialog = page.locator("#knowledge-dialog")
    expect(dialog).to_be_visible()
    page.keyboard.type("bk")
    expect(dialog.locator("summary b")).to_have_text("补卡换卡")
    expect(dialog).to_contain_text("旧卡马上停用。")  # the only one found lies open
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("p")  # the keys are the counter's again
    expect(page.locator("#pause-dialog")).to_be_visible()


def test_a_notice_is_read_and_confirmed(live_hall: LiveHall, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{live_hall.url}/login/")
    page.fill("input[name=username]", live_hall["people"]["greeter"]["username"])
    page.fill("input[name=password]", live_hall["password"])
    page.keyboard.press("Enter")
    page.locator(".todo", has_text="补卡新规").get_by_role("link", name="阅读").click()

    expect(page.locator("h1")).to_have_text("补卡新规")
    page.click("#confirm")
    expect(page).to_have_url(re.compile("/staff/bulletins/$"))
    expect(page.locator(".inf-row", has_text="补卡新规")).to_contain_text("已确认")
    page.goto(f"{live_hall.url}/")
    expect(page.locator(".todo", has_text="补卡新规")).to_have_count(0)
