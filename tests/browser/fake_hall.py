"""A hall without a server: answers a page's requests and its socket, so that a screen can be tested to the second."""

import json
import mimetypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

from tests.halls.pictures import png

ROOT = Path(__file__).resolve().parent.parent.parent
ORIGIN = "http://hall.test"
SHANGHAI = timedelta(hours=8)

# Stands in for the browser's voice: notes when each sentence began and ended, and speaks for `speechTakes` ms.
RECORDER = """
window.spoken = [];
window.speechTakes = %(takes)d;
const voices = [{ lang: "zh-CN", name: "test", localService: true }];
let said = null;
const fake = {
  getVoices: () => voices, addEventListener() {}, cancel() { clearTimeout(said); },
  speak(utterance) {
    const entry = { text: utterance.text, began: performance.now(), ended: null,
                    shown: document.querySelector("[data-hero=number]").textContent };
    window.spoken.push(entry);
    setTimeout(() => utterance.onstart?.(), 5);
    said = setTimeout(() => { entry.ended = performance.now(); utterance.onend?.(); }, window.speechTakes);
  },
};
Object.defineProperty(window, "speechSynthesis", { configurable: true, get: () => fake });
"""


def iso(at: datetime | None = None) -> str:
    return ((at or datetime.now(UTC)) + SHANGHAI).replace(tzinfo=None).isoformat() + "+08:00"


def ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def call(number: str, window: int, *, seconds_ago: float = 0, times: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number}-{window}-{times}",
        "number": number,
        "window": f"{window} 号窗口",
        "window_number": window,
        "zone": "",
        "called_at": iso(ago(seconds_ago)),
        "times": times,
        "moved": False,
        **more,
    }


def window(number: int, state: str = "free", ticket: str | None = None, name: str = "综合业务") -> dict[str, Any]:
    return {
        "id": number,
        "window_number": number,
        "label": f"{number} 号窗口",
        "name": name,
        "zone": "",
        "reserved": "",
        "state": state,
        "number": ticket,
        "pause_reason": "用餐" if state == "paused" else "",
    }


def waiting(letter: str, name: str, count: int, seconds: int | None) -> dict[str, Any]:
    return {"class": letter, "name": name, "count": count, "estimated_wait_seconds": seconds}


def board(version: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "hall": "ZJ01",
        "name": "中山东路营业厅",
        "version": version,
        "generated_at": iso(),
        "open": True,
        "issuing": True,
        "hours": "08:30–18:00",
        "closes": "18:00",
        "mode": "machine",
        "windows": [window(1), window(2, "serving", "A001")],
        "calls": [],
        "waiting": [waiting("A", "综合业务", 3, 720)],
        "groups": [],
        "near": [],
        **more,
    }


class FakeHall:
    """Serves a page's files from the checkout, its board from `document`, and its socket by hand."""

    def __init__(self, page: Page, html: str, *, speech_ms: int | None = 200) -> None:
        self.page = page
        self.html = html
        self.document = board()
        self.content: dict[str, Any] = {"hall": "ZJ01", "items": [], "broadcasts": []}
        self.device: dict[str, Any] | None = None
        self.up = True
        self.sockets: list[WebSocketRoute] = []
        self.gets = 0
        self.beaten_at = 0.0
        if speech_ms is not None:
            page.add_init_script(RECORDER % {"takes": speech_ms})
        page.route(f"{ORIGIN}/**", self._answer)
        page.route_web_socket("**/ws/**", self._joined)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path.startswith("/static/"):
            file = ROOT / path.lstrip("/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif not self.up and (path.startswith("/api/") or path.endswith("/content/")):
            route.abort("connectionrefused")
        elif path.endswith("/content/"):
            route.fulfill(json=self.content)
        elif path.startswith("/halls/tv/pictures/"):
            found = path.endswith("/good.png")
            route.fulfill(status=200 if found else 404, body=png(320, 200) if found else b"", content_type="image/png")
        elif path.endswith("/pulse/"):
            route.fulfill(status=200 if self.device else 401, json=self.device or {})
        elif path.startswith("/api/"):
            self.gets += 1
            route.fulfill(json=self.document)
        else:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")

    def _joined(self, socket: WebSocketRoute) -> None:
        if not self.up:
            socket.close()
            return
        self.sockets = [socket]
        socket.send(json.dumps(self.document))

    def open(self, query: str = "", path: str = "/board/ZJ01/") -> None:
        self.page.goto(f"{ORIGIN}{path}{query}")
        self.page.wait_for_selector("body:not(.is-loading)")

    def push(self, document: dict[str, Any], *, silently: bool = False) -> None:
        """A change of the board; `silently` loses the message on its way."""
        self.document = document
        if not silently:
            self.send(document)

    def send(self, message: dict[str, Any]) -> None:
        for socket in self.sockets:
            socket.send(json.dumps(message))

    def beat(self, newest: int | None = None) -> None:
        self.beaten_at = time.monotonic()
        self.send({"heartbeat": iso(), "newest": newest or self.document["version"]})

    def live(self, seconds: float) -> None:
        """Let time pass with a pulse about every second."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.up and time.monotonic() - self.beaten_at > 1:
                self.beat()
            self.page.wait_for_timeout(min(500, left * 1000))

    def live_until(self, true: Callable[[], bool], limit: float = 25) -> None:
        until = time.monotonic() + limit
        while not true():
            assert time.monotonic() < until
            self.live(0.3)

    def live_until_said(self, count: int) -> None:
        """Until so many sentences were spoken, and a little longer to see whether there are more."""
        self.live_until(lambda: len(self.sentences()) >= count)
        self.live(0.8)

    def go_down(self) -> None:
        self.up = False
        sockets, self.sockets = self.sockets, []
        for socket in sockets:
            socket.close()

    def come_back(self) -> None:
        self.up = True

    def spoken(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate("window.spoken")
        return found

    def sentences(self) -> list[str]:
        return [entry["text"] for entry in self.spoken()]
