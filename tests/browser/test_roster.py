"""The roster page by hand: a cell by key, a drag, a refusal in words, publishing, and the shift on a phone."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LiveHall
from tests.browser.people import signed_in
from tests.config.installation import ROOT, environment

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHIFTS = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
from datetime import time
from halls.models import Hall
from staff.models import ShiftType
hall = Hall.objects.get(code="BR01")
for code, mark, begins, ends in (("early", "早", time(8), time(16)), ("late", "晚", time(12), time(20))):
    ShiftType.objects.get_or_create(
        hall=hall, code=code, defaults={"name": mark + "班", "mark": mark, "begins": begins, "ends": ends}
    )
"""


def cell(page: Page, name: str, day: int):
    return page.locator(f'button.turn[data-name="{name}"]').nth(day - 1)


def test_a_month_is_made_by_keys_and_dragging_and_published(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    setting = environment(live_hall.installation.var, PORT=str(live_hall.installation.port))
    subprocess.run([sys.executable, "-c", SHIFTS], cwd=ROOT, env=setting, check=True)
    page, problems = signed_in(
        live_hall, new_context(viewport={"width": 1600, "height": 900}), "duty_manager", "/rosters/BR01/"
    )
    page.get_by_label("下个月").click()
    page.get_by_role("button", name="开始排班").click()

    cell(page, "小李", 5).focus()
    page.keyboard.press("1")
    expect(cell(page, "小李", 5)).to_have_text("早")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    expect(cell(page, "小李", 6)).to_have_text("晚")

    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(cell(page, "小李", 7)).to_have_text("晚")
    expect(cell(page, "小李", 6)).to_have_text("")

    cell(page, "小李", 7).drag_to(cell(page, "小周", 7))
    expect(cell(page, "小周", 7)).to_have_text("晚")
    expect(cell(page, "小李", 7)).to_have_text("")

    page.get_by_role("button", name="发布班表").click()
    expect(page.locator(".content")).to_contain_text("请写明原因再发布")
    page.get_by_label("发布说明").fill("试排两天")
    page.get_by_role("button", name="发布班表").click()
    expect(page.locator(".content")).to_contain_text("班表第 1 版已发布")
    expect(cell(page, "小李", 5)).to_have_text("早")
    assert problems == []
