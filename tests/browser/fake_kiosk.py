"""A server for kiosk and customer pages that fails on command: drops answers, refuses, goes away and comes back."""

import json
import mimetypes
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, WebSocketRoute

from queueing.states import LowReason
from tests.config.installation import ROOT

LOOK_SECONDS = 15
ORIGIN = "http://hall.test"
TICKET_ID = "0b9f1a52-7a55-4c1b-9f00-6f2f6f1c1a11"
POLICY = "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; object-src 'none'"
QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9H0z"/></svg>'
WATCHED = """
window.prints = 0; window.print = () => { window.prints += 1; };
window.buzzes = []; navigator.vibrate = (pattern) => window.buzzes.push(pattern);
"""

GROUPS: list[dict[str, Any]] = [
    {"code": "payment", "name": "交费充值", "name_en": "Pay & top up", "hint": "话费、发票", "hint_en": "Bills"},
    {"code": "general", "name": "综合业务", "name_en": "General services", "hint": "套餐、补卡", "hint_en": "Plans"},
    {"code": "broadband", "name": "宽带电视", "name_en": "Broadband & TV", "hint": "", "hint_en": ""},
    {"code": "terminal", "name": "买手机", "name_en": "Buy a phone", "hint": "", "hint_en": ""},
    {"code": "corporate", "name": "集团客户", "name_en": "Business customers", "hint": "", "hint_en": ""},
    {"code": "points", "name": "积分兑换", "name_en": "Points", "hint": "", "hint_en": ""},
    {"code": "appointment", "name": "已预约", "name_en": "I have an appointment", "hint": "", "hint_en": ""},
    {"code": "ask", "name": "不确定,问工作人员", "name_en": "Not sure, ask staff", "hint": "", "hint_en": ""},
]


def facts(**more: Any) -> dict[str, Any]:
    """What the API tells a kiosk of its hall; only paying has a way without a queue."""
    businesses = [
        {"code": group["code"], "name": group["name"], "name_en": group["name_en"], "documents": "", "e_channel": way}
        for group in GROUPS
        for way in ["自助交费机、手机 App" if group["code"] == "payment" else ""]
    ]
    groups = [{**group, "letter": "A", "businesses": [group["code"]]} for group in GROUPS]
    return {
        "code": "ZJ01",
        "name": "大市口店",
        "mode": "machine",
        "open": True,
        "issuing": True,
        "hours": "08:30–18:00",
        "windows": [],
        "businesses": businesses,
        "groups": groups,
        **more,
    }


def board(version: int = 1, **more: Any) -> dict[str, Any]:
    groups = [
        {
            "code": group["code"],
            "name": group["name"],
            "letter": "A",
            "waiting": 9,
            "estimated_wait_seconds": 720,
            "estimated_wait_high_seconds": 1200,
        }
        for group in GROUPS
    ]
    window = {"id": 1, "window_number": 1, "label": "1 号窗口", "state": "free", "number": None}
    return {
        "hall": "ZJ01",
        "version": version,
        "open": True,
        "issuing": True,
        "closes": "18:00",
        "mode": "machine",
        "windows": [window],
        "calls": [],
        "waiting": [
            {
                "class": "A",
                "name": "综合业务",
                "count": 9,
                "estimated_wait_seconds": 720,
                "estimated_wait_high_seconds": 1200,
            }
        ],
        "groups": groups,
        "near": [],
        **more,
    }


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "id": TICKET_ID,
        "number": "A012",
        "state": "waiting",
        "about": "综合业务",
        "taken_at": "2026-11-22T10:42:11+08:00",
        "ahead": 5,
        "estimated_wait_seconds": 720,
        "estimated_wait_high_seconds": 1200,
        **more,
    }


def status(**more: Any) -> dict[str, Any]:
    hall = {"code": "ZJ01", "name": "大市口店", "phone": "0511-80000001", "address": "中山东路 1 号"}
    return {
        **{name: value for name, value in ticket().items() if name != "id"},
        "about_en": "General services",
        "called_at": None,
        "finished_at": None,
        "calls": 0,
        "window": None,
        "rating": None,
        "documents": "",
        "hall": hall,
        "near_ahead": 2,
        "requeue_places": 3,
        "can_cancel": True,
        "can_rate": False,
        "can_explain": False,
        "phone_known": False,
        "held_kind": "",
        "more": [],
        "slot": None,
        "as_of": "2026-11-22T10:42:11+08:00",
        **more,
    }


class FakeServer:
    """Answers what a test tells it to; remembers what it was asked to change."""

    def __init__(self, context: BrowserContext, *, fonts: bool = False) -> None:
        self.page: Page = context.new_page()
        self.fonts = fonts
        self.html = ""
        self.up = True
        self.drop_answers = 0
        self.facts: tuple[int, dict[str, Any]] = (200, facts())
        self.board = board()
        self.ticket: tuple[int, Any] = (201, ticket())
        self.status = status()
        self.change: tuple[int, Any] | None = None
        self.status_after_change: dict[str, Any] | None = None
        self.wishes: list[tuple[str, dict[str, Any]]] = []
        self.given_back: list[str] = []
        self.pulses: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []
        self.printed: list[str] = []
        self.changes: list[tuple[str, str]] = []
        self.asked_status = 0
        self.sockets: list[WebSocketRoute] = []
        self.faults: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.add_init_script(WATCHED)
        self.page.route(f"{ORIGIN}/**", self._answer)
        self.page.route_web_socket("**/ws/**", self._join)

    def _hear(self, message: ConsoleMessage) -> None:
        """A server that is away is part of the play; a broken policy or script is not."""
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _join(self, socket: WebSocketRoute) -> None:
        if not self.up:
            socket.close()
            return
        self.sockets.append(socket)
        socket.send(json.dumps(self.board))

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path.endswith("wght.css") and not self.fonts:
            route.fulfill(body="", content_type="text/css")  # quicker; only what is measured needs the real letters
        elif path.startswith("/static/"):
            file = ROOT / path.lstrip("/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes() if file.exists() else b"", content_type=kind)
        elif path in {"/kiosk/ZJ01/", "/rate/1/", f"/t/{TICKET_ID}/"}:
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8", headers=headers)
        elif path.endswith("/qr.svg"):
            route.fulfill(body=QR, content_type="image/svg+xml")
        elif not self.up:
            route.abort("connectionrefused")
        else:
            self._data(route, path)

    def _data(self, route: Route, path: str) -> None:
        code: int
        data: Any
        code, data = 200, self.facts[1]
        if path.endswith("/give-back/"):
            self.given_back.append(route.request.post_data_json["key"])
            code, data = 200, {"number": None}
        elif path.endswith(("/tickets/", "/appointments/arrive/")):
            self.wishes.append((route.request.headers["idempotency-key"], route.request.post_data_json))
            if self.drop_answers:
                self.drop_answers -= 1
                route.abort("connectionreset")
                return
            code, data = self.ticket
        elif path.endswith("/print-jobs/claim/"):
            code, data = (200, self.jobs.pop(0)) if self.jobs else (204, None)
        elif path.endswith("/printed/"):
            self.printed.append(path)
            if self.drop_answers:
                self.drop_answers -= 1
                route.abort("connectionreset")
                return
            code, data = 204, None
        elif path.endswith("/pulse/"):
            self.pulses.append(route.request.post_data_json)
        elif path.endswith("/board/"):
            data = self.board
        elif path.endswith("/status/"):
            self.asked_status += 1
            data = self.status
        elif path.endswith(("/cancel/", "/rate/", "/why/", "/score/")):
            self.changes.append((path.split("/")[-2], route.request.post_data or ""))
            self.status = self.status_after_change or self.status
            code, data = self.change or (200, self.status)
        else:
            code, data = self.facts
        if code == 204:
            route.fulfill(status=code)
        else:
            route.fulfill(status=code, json=data)

    def until(self, true: Callable[[], bool]) -> None:
        """Let the page go on until it has asked for something; `true` tells."""
        latest = time.monotonic() + LOOK_SECONDS
        while not true():
            assert time.monotonic() < latest
            self.page.wait_for_timeout(50)

    def push(self, document: dict[str, Any]) -> None:
        self.board = document
        for socket in self.sockets:
            socket.send(json.dumps(document))

    def go_down(self) -> None:
        self.up = False
        sockets, self.sockets = self.sockets, []
        for socket in sockets:
            socket.close()

    def come_back(self) -> None:
        self.up = True

    def open_kiosk(self, *, paper_out: bool = False, is_paired: bool = True) -> Page:
        hall = SimpleNamespace(code="ZJ01", name="大市口店")
        device = SimpleNamespace(pk=3, paper_out=paper_out) if is_paired else None
        self.html = render_to_string("queueing/kiosk.html", {"hall": hall, "device": device})
        self.page.goto(f"{ORIGIN}/kiosk/ZJ01/")
        self.page.wait_for_selector("button.group", state="attached")
        return self.page

    def open_pad(self, **more: Any) -> Page:
        self.status = {"number": None, "can_rate": False, "can_explain": False, **more}
        hall = SimpleNamespace(code="ZJ01", name="大市口店", is_line=False)
        facts_of_page = {
            "window": SimpleNamespace(number=3, label="3 号窗口"),
            "hall": hall,
            "reasons": LowReason.choices,
        }
        self.html = render_to_string("queueing/rater.html", facts_of_page)
        self.page.goto(f"{ORIGIN}/rate/1/")
        return self.page

    def open_customer(self, **more: Any) -> Page:
        self.status = status(**more)
        shown = SimpleNamespace(
            pk=TICKET_ID, number="A012", state=self.status["state"], get_state_display="", about="综合业务"
        )
        hall = SimpleNamespace(**self.status["hall"])
        facts_of_page = {"ticket": shown, "hall": hall, "status": self.status, "reasons": LowReason.choices}
        self.html = render_to_string("queueing/customer.html", facts_of_page)
        self.page.goto(f"{ORIGIN}/t/{TICKET_ID}/")
        self.page.wait_for_selector("#live:not(:empty), body:not([data-state=waiting])")
        return self.page
