"""The lobby TV against a real installation: what a clerk does is seen and heard in the lobby."""

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.processes import wait_until
from tests.browser.conftest import LiveHall
from tests.browser.fake_hall import RECORDER
from tests.config.installation import READY_SECONDS, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def post(hall: LiveHall, path: str, body: dict[str, Any] | None = None, *, role: str = "clerk") -> Any:
    headers = {
        "Authorization": f"Token {hall['people'][role]['token']}",
        "Content-Type": "application/json",
    }
    data = json.dumps(body or {}).encode()
    request = urllib.request.Request(f"{hall.url}/api/v1{path}", data, headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def call_somebody(hall: LiveHall, window: int, role: str = "clerk") -> str:
    """Take a number, call it at a window; the number."""
    post(hall, f"/windows/{window}/sign-in/", role=role)
    post(hall, f"/halls/{hall['hall']}/tickets/", {"business": "general"})
    called = post(hall, f"/windows/{window}/call-next/", role=role)
    return str(called["number"])


def wait_until_said(page: Page, count: int) -> None:
    """Asked from here: a page with our policy evaluates no strings of its own."""
    assert wait_until(lambda: page.evaluate("spoken.length") >= count, 20)
    assert page.evaluate("spoken.length") == count


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    page = new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.add_init_script(RECORDER % {"takes": 150})
    return page


def test_a_call_reaches_the_tv_and_the_display_and_a_restart_heals(
    live_hall: LiveHall, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    window = live_hall["windows"][0]
    problems: list[str] = []
    page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{live_hall.url}/board/{live_hall['hall']}/")
    expect(page.locator("h1")).to_have_text("测试路营业厅")
    page.wait_for_timeout(2_500)

    number = call_somebody(live_hall, window)
    expect(page.locator("[data-hero=number]")).to_have_text(number)
    expect(page.locator("[data-hero=window]")).to_have_text("1")
    wait_until_said(page, 2)
    assert {one["text"] for one in page.evaluate("spoken")} == {_sentence(number)}

    small = new_context(viewport={"width": 1024, "height": 300})
    small.add_cookies([{"name": "device_token", "value": live_hall["devices"]["window_display"], "url": live_hall.url}])
    display = small.new_page()
    display.goto(f"{live_hall.url}/display/{window}/")
    expect(display.locator("[data-part=number]")).to_have_text(number)

    live_hall.installation.stop()
    expect(page.locator("[data-part=stale]")).to_be_visible()
    expect(display.locator("[data-part=stale]")).to_be_visible()
    live_hall.installation.start()
    live_hall.installation.wait_ready()
    second = call_somebody(live_hall, live_hall["windows"][1], "clerk2")
    expect(page.locator("[data-part=stale]")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-hero=number]")).to_have_text(second, timeout=20_000)
    wait_until_said(page, 4)
    assert problems == []


def test_the_launcher_waits_for_the_server_and_opens_the_board(live_hall: LiveHall, page: Page, tmp_path: Path) -> None:
    live_hall.installation.stop()
    launcher = (ROOT / "deploy" / "tv-launcher.html").as_uri()
    page.goto(f"{launcher}#{live_hall.url}/board/{live_hall['hall']}/?zone=东区")
    expect(page.locator("#state")).to_have_text(re.compile("正在连接服务器"))

    live_hall.installation.start()
    expect(page.locator("h1")).to_have_text("测试路营业厅", timeout=READY_SECONDS * 1000)
    expect(page.locator("[data-part=zone]")).to_have_text("东区")
    live_hall.installation.wait_ready()


def _sentence(number: str) -> str:
    digits = number[1:].translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    return f"请 {number[0]} {digits}号,到一号窗口办理"
