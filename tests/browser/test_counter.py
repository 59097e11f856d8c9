"""A number's whole way, by hand: taken at the kiosk, called with a key, shown and spoken in the lobby, finished."""

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import READY_SECONDS, LiveHall
from tests.browser.fake_hall import RECORDER
from tests.browser.test_board_live import post

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SLOW = READY_SECONDS * 1000 / 8


def sign_in(page: Page, hall: LiveHall, role: str) -> None:
    page.goto(f"{hall.url}/login/?next=/counter/")
    page.fill("input[name=username]", hall["people"][role]["username"])
    page.fill("input[name=password]", hall["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter/", timeout=SLOW)


@pytest.fixture
def counter(live_hall: LiveHall, new_context: Callable[..., BrowserContext]) -> Page:
    """The second clerk at window 2, in a hall where nobody waits."""
    serve_everybody(live_hall)
    page = new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(SLOW)
    sign_in(page, live_hall, "clerk2")
    page.locator(".bar, .window-choice").first.wait_for()
    if page.locator(".window-choice").count():
        page.get_by_role("button", name="2 号窗口").click()
    expect(page.locator(".bar")).to_contain_text("2 号窗口")
    expect(page.locator("#clock")).not_to_be_empty()  # the keys work from here on
    return page


def test_kiosk_to_call_to_tv_to_finish(
    live_hall: LiveHall, counter: Page, new_context: Callable[..., BrowserContext]
) -> None:
    tv = new_context(viewport={"width": 1920, "height": 1080}).new_page()
    tv.set_default_timeout(SLOW)
    tv.add_init_script(RECORDER % {"takes": 150})
    tv.goto(f"{live_hall.url}/pair/{live_hall['devices']['tv']}/")
    expect(tv.locator("h1")).to_have_text("测试路营业厅")

    kiosk = new_context(viewport={"width": 1080, "height": 1920}).new_page()
    kiosk.set_default_timeout(SLOW)
    kiosk.goto(f"{live_hall.url}/pair/{live_hall['devices']['kiosk']}/")
    kiosk.click("[data-code=payment]")
    kiosk.click("#take")
    expect(kiosk.locator("#number")).to_have_text(re.compile(r"[A-Z]\d{3}"))
    number = kiosk.locator("#number").inner_text()

    expect(counter.locator(".waiter").filter(has_text=number)).to_be_visible()
    call(counter)
    expect(counter.locator(".number")).to_have_text(number)
    expect(tv.locator("[data-hero=number]")).to_have_text(number)
    tv.wait_for_function("() => spoken.length === 2")
    first, second = (said["text"] for said in tv.evaluate("spoken"))
    assert first == second
    assert first.endswith("到二号窗口办理")

    start(counter)
    assert counter.locator("[data-serving]").count() == 1  # so the page does not lock itself
    counter.keyboard.press("f")
    expect(counter.locator(".resting-word")).to_have_text("空闲")


def test_keys_choices_and_refusals(live_hall: LiveHall, counter: Page) -> None:
    expect(counter.locator(".resting-word")).to_have_text("空闲")
    counter.keyboard.press("Space")
    expect(counter.locator(".note")).to_contain_text("当前没有等候的客户")
    take(live_hall)
    expect(counter.locator(".waiter").first).to_be_visible()
    call(counter)
    expect(counter.locator("[data-key=n]")).to_be_disabled()
    start(counter)
    counter.keyboard.press("h")
    counter.keyboard.press("2")
    expect(counter.locator(".waiter.held")).to_contain_text("待补资料")
    counter.keyboard.press("p")
    counter.keyboard.press("1")
    expect(counter.locator(".note").last).to_contain_text("还有 1 位客户指定在本窗口办理")
    expect(counter.locator("dialog[open]")).to_have_count(0)
    counter.get_by_role("button", name="恢复").click()
    expect(counter.locator(".call-timer")).to_contain_text("办理中")
    counter.keyboard.press("t")
    counter.locator("select[name=to]").focus()
    counter.keyboard.press("f")  # inside a field, a key stays with the field
    expect(counter.locator("dialog[open]")).to_have_count(1)
    counter.keyboard.press("Escape")
    expect(counter.locator("dialog[open]")).to_have_count(0)
    expect(counter.locator(".call-timer")).to_contain_text("办理中")
    counter.keyboard.press("f")
    expect(counter.locator(".resting-word")).to_have_text("空闲")


def test_the_strip_beside_boss_has_all_keys(live_hall: LiveHall, counter: Page) -> None:
    take(live_hall)
    counter.set_viewport_size({"width": 360, "height": 768})
    call(counter)
    for key in (" ", "r", "n", "f", "h", "t", "p"):
        box = counter.locator(f"#panel > .call .keys [data-key='{key}']").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["y"] + box["height"] <= 768
    counter.keyboard.press("f")


def start(counter: Page) -> None:
    """As with `call`."""
    for _ in range(3):
        counter.keyboard.press("Space")
        with contextlib.suppress(AssertionError):
            expect(counter.locator(".call-timer")).to_contain_text("办理中", timeout=6_000)
            return
    expect(counter.locator(".call-timer")).to_contain_text("办理中")


def call(counter: Page) -> None:
    """Space, and once more if nothing came of it: a press at the moment of a redraw is sometimes lost."""
    for _ in range(3):
        counter.keyboard.press("Space")
        with contextlib.suppress(AssertionError):
            expect(counter.locator(".number")).to_be_visible(timeout=6_000)
            return
    expect(counter.locator(".number")).to_be_visible()


def serve_everybody(hall: LiveHall) -> None:
    """What earlier tests left in the line is called and finished."""
    window = hall["windows"][1]
    post(hall, f"/windows/{window}/sign-in/", role="clerk2")
    while post(hall, f"/windows/{window}/call-next/", {"finish": True}, role="clerk2"):
        pass


def take(hall: LiveHall) -> None:
    post(hall, f"/halls/{hall['hall']}/tickets/", {"business": "general"})
