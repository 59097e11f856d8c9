"""Points at the window, by hand: the customer's card, a gift, the slip, and taking it back."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveHall
from tests.browser.test_board_live import post
from tests.browser.test_counter import call, counter, pytestmark, start

__all__ = ["counter", "pytestmark"]


def test_from_the_counters_card_to_the_slip_and_back(live_hall: LiveHall, counter: Page) -> None:
    body = {"business": "payment", "phone": live_hall["member"]}
    post(live_hall, f"/halls/{live_hall['hall']}/tickets/", body)
    call(counter)
    start(counter)
    expect(counter.locator(".member")).to_contain_text("可用 12,000 分")
    assert live_hall["member"] not in counter.content()

    with counter.context.expect_page() as opened:
        counter.keyboard.press("j")
    desk = opened.value
    desk.set_default_timeout(30_000)
    desk.get_by_text("晴雨伞").click()
    expect(desk.locator("#order-sum")).to_have_text("1,500")
    desk.select_option("select[name=identity]", "id_card")
    desk.get_by_role("button", name="确认兑换").click()
    expect(desk.locator(".slip")).to_contain_text("10,500 分")

    desk.fill("input[name=reason]", "客户改主意")
    desk.get_by_role("button", name="撤销兑换").click()
    desk.get_by_role("button", name="确定撤销").click()
    expect(desk.locator(".slip-void")).to_be_visible()
    expect(desk.locator(".slip")).to_contain_text("12,000 分")
    counter.keyboard.press("f")
