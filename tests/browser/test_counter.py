"""A number's whole way, by hand: taken at the kiosk, called with a key, shown and spoken in the lobby, finished."""

import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import SLOW, LiveHall
from tests.browser.fake_hall import RECORDER
from tests.browser.test_board_live import post

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


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
    tv.wait_for_function("() => spoken.length >= 2")
    first, second = (said["text"] for said in tv.evaluate("spoken.slice(0, 2)"))
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
    counter.keyboard.press("f")  # in one breath: the field that had the focus is gone
    expect(counter.locator(".resting-word")).to_have_text("空闲")
    expect(counter.locator("dialog[open]")).to_have_count(0)


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


def test_two_businesses_notes_and_undo_on_one_number(live_hall: LiveHall, counter: Page) -> None:
    take(live_hall)
    expect(counter.locator(".waiter").first).to_be_visible()
    call(counter)
    expect(counter.locator(".undo")).to_contain_text(re.compile(r"撤销上一步\(\d+ 秒\)"))
    counter.keyboard.press("z")
    expect(counter.locator(".waiter").first).to_be_visible()
    expect(counter.locator(".number")).to_have_count(0)

    call(counter)
    start(counter)
    for word in ("new_account", "payment"):
        counter.keyboard.press("b")
        counter.locator("#business-dialog .filter").press_sequentially(word)
        counter.keyboard.press("Enter")
        expect(counter.locator(".doing").filter(has_text=word)).to_be_visible()
    counter.locator(".drop").click()
    expect(counter.locator(".doing")).to_have_count(1)
    counter.keyboard.press("f")
    expect(counter.locator(".resting-word")).to_have_text("空闲")


def test_a_chosen_number_is_called_with_a_reason(live_hall: LiveHall, counter: Page) -> None:
    take(live_hall)
    take(live_hall)
    expect(counter.locator(".waiter")).to_have_count(2)
    second = counter.locator(".waiter b").nth(1).inner_text()
    counter.locator(".waiter").nth(1).click()
    counter.keyboard.press("Enter")
    expect(counter.locator("#chosen-dialog .choice-said")).to_have_text("请选择或填写先叫的原因。")
    counter.keyboard.press("1")
    counter.keyboard.press("Enter")
    expect(counter.locator(".number")).to_have_text(second)
    expect(counter.locator(".call-why")).to_contain_text("客户赶时间")
    counter.keyboard.press("f")
    expect(counter.locator(".resting-word")).to_contain_text("下一位")


def test_the_manager_key_shows_that_somebody_was_asked(live_hall: LiveHall, counter: Page) -> None:
    counter.keyboard.press("m")
    expect(counter.locator(".manager")).to_contain_text("已请值班经理过来")
    counter.reload()
    expect(counter.locator(".manager")).to_contain_text(re.compile(r"已等 \d\d:\d\d"))


def test_a_meal_says_when_the_clerk_is_back(live_hall: LiveHall, counter: Page) -> None:
    counter.keyboard.press("p")
    counter.keyboard.press("2")
    expect(counter.locator(".resting")).to_contain_text(re.compile(r"用餐 · 已 \d\d:\d\d · 预计 \d\d:\d\d 回来"))
    counter.keyboard.press("Space")
    expect(counter.locator(".resting-word")).to_have_text("空闲")


STORM = """() => {
  const panel = document.getElementById("panel");
  (function nudge() {
    panel.dispatchEvent(new CustomEvent("nudge"));
    window.storm = setTimeout(nudge, Math.random() * 60);
  })();
}"""


def test_no_key_is_lost_in_a_storm_of_redraws(live_hall: LiveHall, counter: Page) -> None:
    """One press, one act, whether it falls before, during or after a redraw of the panel."""
    rounds, moments = 30, random.Random(3)
    for _ in range(rounds):
        take(live_hall)
    expect(counter.locator("#panel h2").first).to_contain_text(f"{rounds} 人等候")
    counter.evaluate(STORM)
    for _ in range(rounds):
        for key, state in (("Space", "called"), ("Space", "serving"), ("f", "free")):
            counter.wait_for_timeout(moments.uniform(0, 90))
            counter.keyboard.press(key)
            expect(counter.locator(f".state-{state}")).to_be_visible()
    counter.evaluate("clearTimeout(window.storm)")
    expect(counter.locator("#panel h2").first).to_contain_text("0 人等候")
    expect(counter.locator(".note")).to_have_count(0)


def test_a_double_press_is_one_act_and_a_key_ahead_of_the_answer_waits(live_hall: LiveHall, counter: Page) -> None:
    take(live_hall)
    take(live_hall)
    expect(counter.locator("#panel h2").first).to_contain_text("2 人等候")
    delay_acts(counter)
    counter.keyboard.press("Space")
    counter.keyboard.press("Space")  # a double press does not also start the service
    expect(counter.locator(".state-called")).to_be_visible()
    counter.wait_for_timeout(600)
    expect(counter.locator(".state-called")).to_be_visible()
    start(counter)
    counter.keyboard.press("f")
    counter.keyboard.press("Space")  # in one breath: finish, and call the next with the panel that finishing brings
    expect(counter.locator(".state-called")).to_be_visible()
    expect(counter.locator("#panel h2").first).to_contain_text("0 人等候")
    expect(counter.locator(".note")).to_have_count(0)


def test_a_choice_and_a_pressed_mouse_button_outlast_a_nudge(live_hall: LiveHall, counter: Page) -> None:
    take(live_hall)
    expect(counter.locator("#panel h2").first).to_contain_text("1 人等候")
    counter.evaluate(STORM)
    counter.keyboard.press("p")
    counter.wait_for_timeout(300)
    expect(counter.locator("#pause-dialog[open]")).to_have_count(1)
    counter.keyboard.press("Escape")
    box = counter.locator(".keys > .key-main").bounding_box()
    assert box is not None
    counter.mouse.move(box["x"] + 20, box["y"] + 20)
    counter.mouse.down()
    counter.wait_for_timeout(300)
    counter.mouse.up()
    expect(counter.locator(".state-called")).to_be_visible()


def delay_acts(page: Page) -> None:
    """Every act takes a third of a second longer on its way."""

    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/counter/tickets/**", slowly)
    page.route("**/counter/call/", slowly)


def start(counter: Page) -> None:
    counter.keyboard.press("Space")
    expect(counter.locator(".call-timer")).to_contain_text("办理中")


def call(counter: Page) -> None:
    counter.keyboard.press("Space")
    expect(counter.locator(".number")).to_be_visible()


def serve_everybody(hall: LiveHall) -> None:
    """What earlier tests left in the line is called and finished."""
    window = hall["windows"][1]
    post(hall, f"/windows/{window}/sign-in/", role="clerk2")
    while post(hall, f"/windows/{window}/call-next/", {"finish": True}, role="clerk2"):
        pass


def take(hall: LiveHall) -> None:
    post(hall, f"/halls/{hall['hall']}/tickets/", {"business": "general"})
