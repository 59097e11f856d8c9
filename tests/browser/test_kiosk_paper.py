"""What tablets send to the kiosk's printer."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.fake_kiosk import FakeServer, ticket
from tests.browser.test_kiosk import server as server

pytestmark = pytest.mark.browser

PAPER = "() => [...document.querySelectorAll('.slip')].filter((one) => getComputedStyle(one).display !== 'none')"


def job(**more: Any) -> dict[str, Any]:
    lines = ["机主本人有效身份证件", "以下信息任意 3 项:客户姓名、证件号码"]
    return {"id": 7, "kind": "list", "title": "补卡换卡", "lines": lines, "number": "A031", "ticket": None, **more}


def test_what_a_tablet_asks_for_comes_out_one_by_one_and_is_told(server: FakeServer):
    server.jobs = [job(), job(id=8, kind="slip", title="套餐变更", number="A012", ticket=ticket())]
    page = server.open_kiosk()
    page.wait_for_function("() => window.prints === 2")
    server.until(lambda: len(server.printed) > 1)

    expect(page.locator("#list-lines li")).to_have_text(job()["lines"])
    expect(page.locator("#list-keep")).to_have_text(re.compile("您的号码 A031:今天备齐后请到引导台,无需重新排队。"))
    expect(page.locator("#slip-number")).to_have_text("A012")
    assert server.printed == ["/api/v1/print-jobs/7/printed/", "/api/v1/print-jobs/8/printed/"]
    expect(page.locator("#groups")).to_be_visible()
    assert server.faults == []


def test_a_list_is_the_only_paper_and_a_lost_answer_prints_nothing_twice(server: FakeServer):
    server.jobs, server.drop_answers = [job()], 1
    page = server.open_kiosk()
    page.wait_for_function("() => window.prints === 1")
    server.until(lambda: len(server.printed) > 1)

    assert server.printed == ["/api/v1/print-jobs/7/printed/"] * 2
    assert page.evaluate("window.prints") == 1
    page.emulate_media(media="print")
    assert page.evaluate(f"({PAPER})().map((one) => one.id)") == ["list-paper"]
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_no_job_is_fetched_without_paper_or_by_a_greeters_browser(server: FakeServer):
    server.jobs = [job()]
    page = server.open_kiosk(paper_out=True)
    page.wait_for_timeout(500)
    page = server.open_kiosk(is_paired=False)
    page.wait_for_timeout(500)

    assert (len(server.jobs), page.evaluate("window.prints")) == (1, 0)
