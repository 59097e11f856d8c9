"""Reports as their people use them: a week written, signed and taken out; a circular from its draft to the phone of the
hall that receives it, by the card on its cockpit."""

import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import LiveHall
from tests.browser.people import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PC, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def test_a_week_is_opened_edited_saved_signed_and_taken_out_as_word(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page, problems = signed_in(live_hall, new_context(viewport=PC), "hall_manager", "/overview/weekly/")
    page.get_by_label("填写周报").select_option(index=1)  # last week, which may be signed on any day
    page.get_by_role("button", name="打开").click()
    page.wait_for_url(re.compile(r"/overview/weekly/\d+/$"))

    text, mark = page.locator("#text-plan"), page.locator("[data-mark=plan]")
    expect(mark).to_have_text("系统建议")
    proposed = text.input_value()
    text.fill("下周三晚班前演练一次停电预案。")
    expect(mark).to_have_text("已修改")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".note.success")).to_have_text("已保存。")
    expect(text).to_have_value("下周三晚班前演练一次停电预案。")
    expect(page.locator("#seen-plan")).to_have_value(proposed)

    page.get_by_role("button", name="保存并签字").click()
    page.get_by_role("button", name="确定签字").click()
    expect(page.locator(".note.success").first).to_contain_text("已签字,数据已锁定。")
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.locator(".wk-text", has_text="演练一次停电预案")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Word").click()
    file = tmp_path / "week.docx"
    coming.value.save_as(file)
    with ZipFile(file) as parts:
        words = parts.read("word/document.xml").decode()
    assert ("演练一次停电预案" in words, "测试路营业厅" in words) == (True, True)
    assert problems == []


def test_a_circular_is_issued_by_the_district_and_received_from_the_cockpit_on_a_phone(
    live_hall: LiveHall, new_context: Callable[..., BrowserContext]
) -> None:
    issuer, problems = signed_in(live_hall, new_context(viewport=PC), "district", "/overview/circulars/")
    issuer.get_by_label("起草通报").select_option(index=0)
    issuer.get_by_role("button", name="打开").click()
    issuer.wait_for_url(re.compile(r"/overview/circulars/\d+/$"))
    issuer.locator("#text-demands").fill("每天班前会核对一次过期物料。")
    issuer.get_by_role("button", name="保存", exact=True).click()
    expect(issuer.locator(".note.success")).to_have_text("已保存。")
    issuer.get_by_role("button", name="保存并印发").click()
    issuer.get_by_role("button", name="确定印发").click()
    expect(issuer.locator(".list-group-item", has_text="测试路营业厅")).to_contain_text("未签收")

    where = f"/overview/halls/{live_hall['hall']}/"
    phone, complaints = signed_in(live_hall, new_context(viewport=PHONE), "hall_manager", where)
    card = phone.locator("[data-todo=circular]")
    expect(card).to_contain_text("通报待签收")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    card.get_by_role("link", name="去签收").click()
    expect(phone.locator(".wk-text", has_text="核对一次过期物料")).to_be_visible()
    phone.get_by_role("button", name="已阅,签收").click()
    expect(phone.locator(".list-group-item", has_text="测试路营业厅")).to_contain_text("孙店长")
    phone.goto(live_hall.url + where)
    expect(phone.locator("[data-figure=waiting]")).to_be_visible()
    expect(card).to_have_count(0)
    assert (problems, complaints) == ([], [])
