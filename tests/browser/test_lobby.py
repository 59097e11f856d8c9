"""The greeter's tablet against a real installation: a number for somebody, one tap and its undo, a VIP, care."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SLOW, LiveHall
from tests.browser.test_board_live import post
from tests.browser.test_counter import serve_everybody

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def tablet(live_hall: LiveHall, new_context: Callable[..., BrowserContext]) -> Page:
    """The greeter at 1280 × 800, in a hall where nobody waits."""
    serve_everybody(live_hall)
    page = new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{live_hall.url}/login/?next=/lobby/")
    page.fill("input[name=username]", live_hall["people"]["greeter"]["username"])
    page.fill("input[name=password]", live_hall["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lobby/{live_hall['hall']}/")
    expect(page.locator(".lobby-figure b").first).to_have_text("0")
    return page


def take(hall: LiveHall) -> dict[str, Any]:
    return post(hall, f"/halls/{hall['hall']}/tickets/", {"business": "general"}, role="greeter")


def test_a_number_for_somebody_and_the_line_follows(live_hall: LiveHall, tablet: Page) -> None:
    faults: list[str] = []
    tablet.on("pageerror", lambda error: faults.append(str(error)))
    tablet.fill("#lobby-phone", "138000")
    tablet.locator(".lobby-group[value=general]").click()
    expect(tablet.locator("body")).to_contain_text("手机号应为 11 位数字")
    expect(tablet.locator(".lobby-row")).to_have_count(0)
    assert tablet.input_value("#lobby-phone") == "138000"

    tablet.fill("#lobby-phone", "")
    tablet.locator(".lobby-group[value=general]").click()
    expect(tablet.locator(".taken-number")).to_have_text(re.compile(r"^A\d{3}$"))
    expect(tablet.locator(".lobby-row")).to_have_count(1)
    other = take(live_hall)["number"]
    expect(tablet.locator(".lobby-row").filter(has_text=other)).to_be_visible()
    assert faults == []


def test_one_tap_is_counted_and_taken_back(tablet: Page) -> None:
    answered = tablet.locator(".lobby-today div").filter(has_text="咨询已解答").locator("dd")
    before = int(answered.inner_text())
    tablet.get_by_role("button", name="咨询已解答").click()
    expect(tablet.locator(".lobby-said")).to_contain_text("已登记:咨询已解答")
    expect(answered).to_have_text(str(before + 1))

    tablet.get_by_role("button", name=re.compile("^撤销")).click()

    expect(answered).to_have_text(str(before))
    expect(tablet.locator(".lobby-said")).to_have_count(0)


def test_r_q_2_a_vip_rings_until_somebody_comes(tablet: Page) -> None:
    tablet.get_by_role("button", name="VIP 到厅").click()
    ring = tablet.locator(".lobby-vip [data-ring]")
    expect(ring).to_have_text(re.compile(r"^[45]:\d\d$"))
    first = ring.text_content() or ""
    expect(ring).not_to_have_text(first)

    tablet.get_by_role("button", name="我来接待").click()

    expect(tablet.locator(".lobby-vip")).to_have_count(0)


def test_r_q_8_care_is_given_once_from_the_sheet(live_hall: LiveHall, tablet: Page) -> None:
    number = take(live_hall)["number"]
    row = tablet.locator(".lobby-row").filter(has_text=number)
    row.click()
    tablet.locator("#sheet").get_by_role("button", name="已致歉关怀").click()

    expect(tablet.locator("#sheet")).to_be_hidden()
    expect(row).to_contain_text("已关怀")
    row.click()
    expect(tablet.locator("#sheet").get_by_role("button", name="取消号码")).to_be_visible()
    expect(tablet.locator("#sheet").get_by_role("button", name="已致歉关怀")).to_have_count(0)


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (390, 844)], ids=["tablet", "small", "phone"])
def test_nothing_is_cut_off(live_hall: LiveHall, tablet: Page, size: tuple[int, int]) -> None:
    take(live_hall)
    tablet.get_by_role("button", name="VIP 到厅").click()
    expect(tablet.locator(".lobby-vip").first).to_be_visible()
    tablet.set_viewport_size({"width": size[0], "height": size[1]})
    cut = tablet.evaluate(
        """() => [...document.querySelectorAll("#lobby *")]
            .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== "inline")
            .map((one) => [one, one.getBoundingClientRect().right])
            .filter(([one, right]) => one.scrollWidth > one.clientWidth + 2 || right > innerWidth + 1)
            .map(([one]) => one)
            .filter((one) => one.namespaceURI !== "http://www.w3.org/2000/svg")
            .map((one) => `${one.tagName}.${one.className}`)"""
    )
    assert cut == []
    for _ in range(tablet.locator(".lobby-vip").count()):
        waiting = tablet.locator(".lobby-vip").count()
        tablet.get_by_role("button", name="我来接待").first.click()
        expect(tablet.locator(".lobby-vip")).to_have_count(waiting - 1)
