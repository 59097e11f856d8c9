"""现场检查 in a real browser: one arithmetic in both languages; a visit without a network from start to end."""

import base64
import json
import mimetypes
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from inspections.rules import sheet as sheets
from inspections.rules.sheet import Operation
from tests.inspections.cards import EVERY_FACT, ZJ, document, hall

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://tablet.example"
SIZE = {"width": 1180, "height": 820}
HOURS = {str(day): [510, 1080] for day in range(7)}
VISIT = "11111111-1111-4111-8111-111111111111"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class FakeServer:
    """The tablet's server as far as it is asked: shell, static files, bundle, operations, photos."""

    def __init__(self, context: BrowserContext) -> None:
        self.context, self.trouble = context, 0
        self.told: dict[tuple[str, int], dict[str, Any]] = {}
        self.photos: dict[str, bytes] = {}
        self.begun: list[dict[str, Any]] = []
        self.signed_in, self.is_away = True, False
        context.route(f"{ORIGIN}/**", self.answer)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path.startswith("/static/"):
            file = ROOT / path.removeprefix("/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path.startswith("/api/v1/inspections/"):
            self.api(route, path.removeprefix("/api/v1/inspections/"))
        elif path == "/inspections/tablet/":
            route.fulfill(body=shell(), content_type="text/html")
        else:
            route.fulfill(status=404, body="")

    def api(self, route: Route, path: str) -> None:
        if self.is_away:
            return route.abort("internetdisconnected")
        if not self.signed_in:
            return route.fulfill(status=403, body="{}")
        if self.trouble:
            self.trouble -= 1
            return route.fulfill(status=500, body="oops")
        if path == "tablet/":
            return route.fulfill(json=bundle())
        if path == "patrols/":
            self.begun.append(json.loads(route.request.post_data or "{}"))
            return route.fulfill(status=201, json={"id": VISIT})
        if path == "operations/":
            body = json.loads(route.request.post_data or "{}")
            results = [self.take(body["tablet"], one) for one in body["operations"]]
            return route.fulfill(json={"results": results, "visits": []})
        if found := re.fullmatch(r"photos/([0-9a-f-]+)/upload/", path):
            return self.photo(route, found.group(1))
        return route.fulfill(status=404, body="{}")

    def take(self, tablet: str, one: dict[str, Any]) -> dict[str, Any]:
        known = (tablet, one["counter"]) in self.told
        self.told.setdefault((tablet, one["counter"]), one)
        return {"counter": one["counter"], "status": "known" if known else "applied", "code": "", "message": ""}

    def photo(self, route: Route, name: str) -> None:
        size = next(one["value"]["size"] for one in self.told.values() if one["key"] == f"photo:{name}")
        if route.request.method == "PATCH":
            self.photos[name] = self.photos.get(name, b"") + (route.request.post_data_buffer or b"")
        here = len(self.photos.get(name, b""))
        route.fulfill(json={"received": here, "size": size, "is_complete": here == size})

    def sheet(self) -> dict[str, Any]:
        rows = (
            Operation(tablet, one["counter"], one["clock"], one["key"], one["value"])
            for (tablet, _), one in self.told.items()
        )
        return sheets.fold(rows)


def shell() -> str:
    return (
        '<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<link rel="stylesheet" href="/static/css/tokens.css">'
        '<link rel="stylesheet" href="/static/css/inspections-tablet.css">'
        '<script type="module" src="/static/js/inspections/tablet.js"></script></head><body>'
        '<div id="tablet" data-worker="/inspections/tablet/sw.js" data-scope="/inspections/tablet/"></div>'
        "</body></html>"
    )


def bundle() -> dict[str, Any]:
    facts = {
        **vars(hall()),
        "hours": HOURS,
        "code": "ZJ06",
        "name": "吕城镇营业厅",
        "type_name": "乡镇厅",
        "address": "",
    }
    visit = {
        "id": VISIT, "card": 1, "hall": facts, "kind": "open", "kind_name": "明察", "planned_on": "2026-11-25",
        "state": "planned", "sheet": {}, "questions": [], "before": [], "evidence": {}, "peak": "off_peak",
    }  # fmt: skip
    person = {"id": 7, "name": "督导甲", "staff_no": "00004"}
    return {
        "person": person,
        "patrols": [{"hall": "ZJ06", "name": "吕城镇营业厅"}],
        "photo_bytes": 8388608,
        "visits": [visit],
        "cards": [{"id": 1, "content": document()}],
    }


@pytest.fixture
def server(new_context: Callable[..., BrowserContext]) -> FakeServer:
    return FakeServer(new_context(viewport=SIZE, locale="zh-CN", has_touch=True, service_workers="block"))


def opened(server: FakeServer) -> Page:
    page = server.context.new_page()
    page.goto(f"{ORIGIN}/inspections/tablet/")
    page.wait_for_selector(f"[data-visit='{VISIT}']")
    return page


def group(page: Page, code: str) -> None:
    page.click(f"aside a[href$='/{code}']")
    page.wait_for_selector(f"[data-item^='{code}.']")


def sign(page: Page, who: str) -> None:
    box = page.locator(f"[data-sign={who}] canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=6)
    page.mouse.up()
    page.click(f"[data-sign={who}] .primary")
    page.wait_for_selector(f"[data-signed={who}]")


def test_a_visit_is_filled_in_without_a_network_and_told_once_afterwards(server: FakeServer):
    page = opened(server)
    page.click(f"[data-visit='{VISIT}']")
    server.is_away = True
    server.context.set_offline(True)
    page.click("#begin")
    page.click(".choice:has-text('非高峰')")
    expect(page.locator("#begin")).to_have_count(0)
    group(page, "A1")
    page.click("[data-item='A1.9'] .fail")
    expect(page.locator("#total")).to_have_text("98")
    expect(page.locator("#left")).to_have_text("本组还剩 3 分")
    page.fill("[data-item='A1.9'] .note", "两人指甲过长")
    page.locator("[data-item='A1.9'] .note").blur()
    page.set_input_files("[data-photo='A1.9']", {"name": "x.png", "mimeType": "image/png", "buffer": PIXEL})
    page.click("dialog .primary")
    expect(page.locator("figure")).to_have_count(1)
    for code in [one.code for one in ZJ.groups]:
        group(page, code)
        if page.locator("#rest").count():
            page.click("#rest")
            expect(page.locator("#rest")).to_have_count(0)
        while page.locator(".item:not(.done):not(.hit) .pass").count():
            page.locator(".item:not(.done):not(.hit) .pass").first.click()
            page.wait_for_timeout(60)
    expect(page.locator("#sync")).to_contain_text("已离线,内容保存在本机")
    page.click("aside a[href$='/end']")
    sign(page, "auditor")
    page.click("[data-sign=hall] button:has-text('拒签')")
    page.click("#submit")
    page.wait_for_selector("#handed-in")
    assert server.told == {}

    server.trouble = 2
    server.is_away = False
    server.context.set_offline(False)
    expect(page.locator("#sync")).to_have_text("已全部上传", timeout=40000)
    sheet = server.sheet()
    facts = bundle()["visits"][0]["hall"]
    assert sheets.read(ZJ, sheet, facts, date(2026, 11, 25)).score.total == 98
    assert sheets.value(sheet, "note:A1.9") == "两人指甲过长"
    assert sheets.value(sheet, "submit")["before"] == len(server.told) - 1
    assert [len(data) for data in server.photos.values()] == [one["size"] for one in sheets.photos(sheet).values()]


def test_taps_outlive_a_reload_an_expired_session_and_two_tabs(server: FakeServer):
    one = opened(server)
    server.signed_in = False
    one.click(f"[data-visit='{VISIT}']")
    group(one, "A1")
    one.click("[data-item='A1.1'] .fail")
    expect(one.locator("#total")).to_have_text("95")
    two = server.context.new_page()
    two.goto(f"{ORIGIN}/inspections/tablet/#/v/{VISIT}/A1")
    two.click("[data-item='A1.3'] .fail")
    two.click("[data-item='A1.4'] .pass")
    expect(one.locator("[data-item='A1.4'] .pass.on")).to_have_count(1)
    expect(one.locator("a.sync")).to_contain_text("登录已过期")
    one.reload()
    expect(one.locator("[data-item='A1.1'] .fail.on")).to_have_count(1)
    assert server.told == {}
    server.signed_in = True
    one.reload()
    expect(one.locator("#sync")).to_have_text("已全部上传", timeout=40000)
    assert sheets.answers(server.sheet()) == {"A1.1": "fail", "A1.3": "fail", "A1.4": "pass"}
    counters = sorted(counter for _, counter in server.told)
    assert counters == list(range(1, len(counters) + 1))


def test_a_self_check_begins_on_the_tablet_as_a_patrol_does(server: FakeServer):
    page = opened(server)
    page.click("button:has-text('开始厅内自查')")
    page.wait_for_selector("#begin")
    assert server.begun == [{"hall": "ZJ06", "kind": "self_check"}]


def test_signing_out_on_any_page_tells_first_of_what_was_not_sent(server: FakeServer):
    page = opened(server)
    server.signed_in = False
    page.click(f"[data-visit='{VISIT}']")
    group(page, "A1")
    page.click("[data-item='A1.1'] .fail")
    expect(page.locator("#total")).to_have_text("95")
    page.evaluate("""async () => {
        await import("/static/js/leaving.js");
        document.body.insertAdjacentHTML("beforeend", '<form id="out" action="/logout/" data-leave></form>');
    }""")
    page.evaluate("document.getElementById('out').requestSubmit()")
    expect(page.locator("dialog.ask")).to_contain_text("本机有督导甲的 1 项检查内容还没有上传")
    page.click("dialog.ask button:has-text('先不退出')")
    expect(page.locator("dialog.ask")).to_have_count(0)
    assert "/inspections/tablet/" in page.url
    page.evaluate("document.getElementById('out').requestSubmit()")
    with page.expect_request(f"{ORIGIN}/logout/**"):
        page.click("dialog.ask button:has-text('仍然退出')")


cases = st.fixed_dictionaries(
    {
        "answers": st.dictionaries(
            st.sampled_from(sorted(ZJ.items)), st.sampled_from(["pass", "fail", "na", "unseen"])
        ),
        "entries": st.lists(
            st.tuples(st.sampled_from(["B1.1.1", "B1.1.2", "B1.1.3", "B3.1", "B3.2"]), st.sampled_from(["", "e", "f"])),
            max_size=6,
        ),
        "peak": st.sampled_from(["peak", "off_peak"]),
        "facts": st.sets(st.sampled_from(sorted(EVERY_FACT))),
        "month": st.integers(1, 12),
        "veto": st.sampled_from([None, (19, False), (20, False), (20, True), (21, True)]),
        "type": st.sampled_from(["goutong100", "gotone_store", "mzone_store", "standard", "handset_mall", "township"]),
        "county": st.booleans(),
    }
)


def as_sheet(case: dict[str, Any]) -> dict[str, Any]:
    registers: dict[str, Any] = {f"answer:{code}": answer for code, answer in case["answers"].items()}
    for number, (code, event) in enumerate(case["entries"]):
        registers[f"entry:{number}"] = {
            "item": code,
            "points": 3 + number % 3 if code == "B1.1.1" else None,
            "event": event,
        }
    registers["peak"] = case["peak"]
    registers |= {f"fact:{name}": True for name in case["facts"]}
    day = f"2026-{case['month']:02d}-10"
    registers["start"] = {"at": f"{day}T09:00:00+08:00"}
    if case["veto"]:
        minutes, returned = case["veto"]
        ended = f"{day}T10:{minutes:02d}:00+08:00"
        registers["veto"] = {"started_at": f"{day}T10:00:00+08:00", "ended_at": ended, "returned": returned}
    return {key: [value, 1, "d", at] for at, (key, value) in enumerate(registers.items())}


def test_the_tablet_reckons_as_the_server_does(chromium: Browser):
    drawn: list[tuple[dict[str, Any], dict[str, Any]]] = []

    @settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(cases)
    def collect(case: dict[str, Any]) -> None:
        where = {**vars(hall(type=case["type"], location="county" if case["county"] else "urban")), "hours": HOURS}
        drawn.append((as_sheet(case), where))

    collect()
    expected = []
    for sheet, where in drawn:
        found = sheets.read(ZJ, sheet, where, date(2026, 11, 25))
        expected.append([found.score.total, [one.left for one in found.score.groups], list(found.unanswered)])
    context = chromium.new_context()
    FakeServer(context)
    page = context.new_page()
    page.goto(f"{ORIGIN}/static/css/tokens.css")
    script = """async ([card, cases]) => {
        const {read} = await import("/static/js/inspections/scoring.js");
        return cases.map(([sheet, hall]) => {
            const found = read(card, sheet, hall, "2026-11-25");
            return [found.total, found.groups.map((group) => group.left), found.unanswered];
        });
    }"""
    assert page.evaluate(script, [document(), drawn]) == expected
    context.close()
