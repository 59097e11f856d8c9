"""The kiosk: appointments, stopped groups, and numbers nobody waited for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.fake_kiosk import FakeServer

pytestmark = pytest.mark.browser

UPRIGHT, ACROSS = {"width": 1080, "height": 1920}, {"width": 1280, "height": 800}


@pytest.fixture
def server(new_context: Callable[..., BrowserContext]) -> FakeServer:
    return FakeServer(new_context(viewport=UPRIGHT, locale="zh-CN", reduced_motion="reduce"))


def choose(page: Page, group: str = "general") -> None:
    page.click(f"[data-code={group}]")


# -- appointments, stopped groups, and numbers nobody waited for -------------------------------------------


def type_booked(page: Page, digits: str) -> None:
    page.click("#booked-door")
    for digit in digits:
        page.click(f"#booked-pad [data-key='{digit}']")


@pytest.mark.parametrize("given", ["13800000001", "042731"])
def test_who_is_booked_gets_the_number_by_phone_or_code(server: FakeServer, given: str):
    page = server.open_kiosk()
    type_booked(page, given)
    page.click("#arrive")

    expect(page.locator("#number")).to_have_text("A012")
    assert [body for _, body in server.wishes] == [{"given": given}]
    assert server.faults == []


def test_an_appointment_that_is_not_found_keeps_what_was_typed(server: FakeServer):
    server.ticket = (409, {"code": "no_appointment", "message": "没有找到今天的预约。"})
    page = server.open_kiosk()
    type_booked(page, "042731")
    page.click("#arrive")

    expect(page.locator("#booked-trouble")).to_have_text("没有找到今天的预约。")
    expect(page.locator("#booked-typed .filled")).to_have_count(6)
    expect(page.locator("#arrive")).to_be_enabled()


def test_half_a_code_is_not_sent(server: FakeServer):
    page = server.open_kiosk()
    type_booked(page, "0427")
    page.click("#arrive")

    expect(page.locator("#booked-trouble")).to_have_text("请输入 11 位手机号,或 6 位预约码、回厅号")
    assert server.wishes == []


def test_a_stopped_group_says_so_on_its_tile_and_why_when_touched(server: FakeServer):
    page = server.open_kiosk()
    fresh = dict(server.board, version=2)
    stop = {"stopped": "stopped", "stop_reason": "系统维护"}
    fresh["groups"] = [{**group, **(stop if group["code"] == "general" else {})} for group in fresh["groups"]]
    server.push(fresh)
    expect(page.locator("[data-code=general] .wait")).to_have_text("暂停取号")

    choose(page)

    expect(page.locator("#refused-text")).to_have_text("综合业务暂停取号:系统维护。请咨询引导员。")
    assert server.wishes == []


def test_a_long_wait_names_a_near_hall_that_is_quieter(server: FakeServer):
    near = [{"name": "东吴路店", "km": 1.2, "open": True, "waiting": 2}]
    server.board = dict(server.board, near=near)
    server.board["groups"] = [{**one, "estimated_wait_high_seconds": 2400} for one in server.board["groups"]]
    page = server.open_kiosk()
    choose(page)

    expect(page.locator("#near")).to_have_text("现在等候较久。东吴路店(1.2 公里,2 位等候) 较空闲,也可以去那里办理")


def test_a_number_whose_customer_left_during_an_outage_is_given_back(server: FakeServer):
    page = server.open_kiosk()
    server.drop_answers = 99
    choose(page)
    page.click("#take")
    page.click("#give-up", timeout=15000)

    expect(page.locator("#groups")).to_be_visible()
    page.wait_for_function("() => !JSON.parse(localStorage.getItem('hallkeeper.kiosk.unclaimed') || '[]').length")
    assert set(server.given_back) == {server.wishes[0][0]}
