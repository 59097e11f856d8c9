"""The duty manager's cockpit: an alert comes by itself, is answered, and goes when its cause is gone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SLOW, LiveHall
from tests.browser.people import signed_in
from tests.browser.test_board_live import post
from tests.browser.test_counter import serve_everybody, take

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CALM = 60_000  # a level stays calm for half a minute before its alert ends


def cockpit(hall: LiveHall, context: BrowserContext) -> tuple[Page, list[str]]:
    """The page of 王经理, and what its console complains about."""
    return signed_in(hall, context, "duty_manager", f"/overview/halls/{hall['hall']}/")


def test_an_alert_appears_is_answered_and_ends_with_its_cause(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    leave_first_window(live_hall)
    serve_everybody(live_hall)
    page, problems = cockpit(live_hall, new_context(viewport={"width": 1366, "height": 768}))
    alert = page.locator("[data-kind=more_windows]")
    expect(page.locator(".cockpit-head")).to_contain_text("测试路营业厅")
    expect(alert).to_have_count(0)
    for _ in range(12):
        take(live_hall)
    expect(alert).to_be_visible(timeout=SLOW)
    alert.get_by_role("button", name="去处理").click()
    expect(alert).to_contain_text("王经理 处理中")
    expect(alert.get_by_role("button", name="去处理")).to_have_count(0)
    serve_everybody(live_hall)
    expect(page.locator("[data-figure=waiting]")).to_have_text("0")
    expect(alert).to_have_count(0, timeout=CALM)
    assert problems == []


def test_the_chart_is_drawn_and_a_phone_does_not_scroll_sideways(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    window = live_hall["windows"][0]
    post(live_hall, f"/windows/{window}/sign-in/")
    take(live_hall)
    page, problems = cockpit(live_hall, new_context(viewport={"width": 390, "height": 844}))
    canvas = page.locator("#flow-chart canvas")
    expect(canvas).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    colours = canvas.evaluate(
        """(drawn) => {
          const pixels = new Uint32Array(
            drawn.getContext("2d").getImageData(0, 0, drawn.width, drawn.height).data.buffer);
          return new Set(pixels).size;
        }"""
    )
    assert colours > 2
    assert problems == []


def leave_first_window(hall: LiveHall) -> None:
    """So that there is one to open."""
    window = hall["windows"][0]
    post(hall, f"/windows/{window}/sign-in/")
    while post(hall, f"/windows/{window}/call-next/", {"finish": True}):
        pass
    post(hall, f"/windows/{window}/sign-out/")
