"""A manager on a phone: what waits is agreed to on the spot; and the search by its key on a PC."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import LiveHall
from tests.browser.people import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE = {"width": 390, "height": 844}


def test_what_waits_is_refused_with_a_word_and_agreed_to_on_a_phone(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    page, problems = signed_in(live_hall, new_context(viewport=PHONE), "duty_manager", "/approvals/?kind=offer")
    cards = page.locator(".ask")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("客户损失 10.00 元,补偿 10.00 元")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    cards.first.get_by_role("button", name="驳回").click()
    expect(page.locator(".ask .note.error")).to_have_text("请填写意见,对方会看到。")
    waiting = page.locator(".ask", has_text="补偿 10.00 元")
    waiting.first.get_by_label("意见").fill("已当面说明")
    waiting.first.get_by_role("button", name="驳回").click()
    expect(page.locator(".note.success")).to_have_text("已驳回:补偿。")
    page.goto(f"{live_hall.url}/approvals/?kind=offer")
    expect(cards).to_have_count(1)
    cards.first.get_by_role("button", name="同意").click()
    expect(page.locator(".note.success")).to_have_text("已同意:补偿。")
    assert problems == []


def test_a_slash_leads_to_the_search_and_an_article_is_found_by_initials(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    page, problems = signed_in(
        live_hall, new_context(viewport={"width": 1366, "height": 768}), "duty_manager", "/notices/"
    )
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("bkhk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=bkhk")
    expect(page.locator(".found", has_text="补卡换卡")).to_be_visible()

    page.locator(".search-big input[name=q]").fill(live_hall["member"])
    page.locator(".search-big button").click()
    expect(page.locator(".found b", has_text="139****0001")).to_be_visible()
    assert page.url == f"{live_hall.url}/search/"
    assert problems == []
