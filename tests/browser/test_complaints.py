"""A complaint in a real browser: logged in two clicks, answered, refunded, and its escalation seen without a reload."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import LiveHall
from tests.browser.people import signed_in
from tests.browser.test_board_live import post

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_logged_answered_refunded_and_its_escalation_seen(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    clerk, clerk_problems = signed_in(
        live_hall, new_context(viewport={"width": 1366, "height": 768}), "clerk", "/complaints/new/"
    )
    clerk.locator(".case-tree summary label", has_text="费用争议").click()
    clerk.get_by_role("button", name="登记", exact=True).click()
    expect(clerk.locator(".note.success")).to_contain_text("已登记 TS")
    number = clerk.locator("h1").inner_text()

    page, problems = signed_in(
        live_hall, new_context(viewport={"width": 1366, "height": 768}), "duty_manager", f"/complaints/{number}/"
    )
    expect(page.locator(".dial").first).to_contain_text("还剩")
    reply = page.locator("[data-act-name=reply]")
    reply.locator("summary").click()
    reply.locator("textarea").fill("已联系客户,正在核对账单")
    reply.get_by_role("button", name="答复客户").click()
    expect(page.locator(".case-story")).to_contain_text("已联系客户,正在核对账单")

    page.get_by_text("申请退费", exact=True).first.click()
    refund = page.locator("form[data-refund]")
    refund.locator("[name=item]").fill("套餐外流量")
    refund.locator("[name=charged]").fill("30")
    refund.locator("[name=overcharge]").fill("12.50")
    expect(refund.locator("[data-sum]")).to_have_text("多收 12.50 元,双倍返还共 25.00 元。")
    refund.get_by_role("button", name="申请退费").click()
    expect(page.locator(".case-money")).to_contain_text("共退 25.00 元")

    due = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    said = {"due": due, "words": "马上回电"}  # somebody told the customer a time that is nearly over
    post(live_hall, f"/complaints/{number}/promise/", said, role="duty_manager")
    expect(page.locator(".case-story .alarm").first).to_contain_text("答应客户的时间", timeout=60_000)
    assert (clerk_problems, problems) == ([], [])
