"""A tablet in a real Chromium that is hindered in every way, and what arrives; then the cost of 20 photos.

Faults: no network, 500, an answer that is lost after the work was done, a request sent twice, operations in another
order, a photo cut in the middle, a page thrown away and opened anew. `OFFLINE_VISITS` and `OFFLINE_FAULTS` make it
smaller for a quick try.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time as clock
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from benchmarks.harness import Result, installation, load_average, say

VISITS = int(os.environ.get("OFFLINE_VISITS", "100"))
FAULTS = int(os.environ.get("OFFLINE_FAULTS", "1000"))
PHOTOS = 20
ANSWERS = ("pass", "fail", "na", "unseen")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
PASSWORD = "Bench-Tablet-2026"
FILL = """async ([visit, operations, photo]) => {
    const {Store} = await import("/static/js/inspections/store.js");
    const {lastPerson} = await import("/static/js/inspections/unsent.js");
    window.bench ??= await Store.open(lastPerson());
    for (const [key, value] of operations) await window.bench.write(visit, key, value);
    if (photo) {
        const {hash} = await import("/static/js/inspections/photo.js");
        const canvas = new OffscreenCanvas(photo.side, photo.side), pen = canvas.getContext("2d");
        const dots = pen.createImageData(photo.side, photo.side);
        for (let at = 0; at < dots.data.length; at += 4) {
            for (let c = 0; c < 3; c += 1) dots.data[at + c] = Math.random() * photo.noise;
            dots.data[at + 3] = 255;
        }
        pen.putImageData(dots, 0, 0);
        for (let n = 0; n < photo.count; n += 1) {
            pen.fillRect(n, 0, 9, 9);
            const blob = await canvas.convertToBlob({type: "image/jpeg", quality: 0.9}), id = crypto.randomUUID();
            await window.bench.write(visit, `photo:${id}`, {item: "A1.1", sha256: await hash(blob), size: blob.size},
                {id, visit, item: "A1.1", blob, size: blob.size, sent: 0, status: "waiting"});
        }
    }
    await window.bench.write(visit, "submit", {before: "count", at: "2026-11-25T10:00:00+08:00"});
}"""
LEFT = """async () => {
    const {Store} = await import("/static/js/inspections/store.js");
    const {lastPerson} = await import("/static/js/inspections/unsent.js");
    window.bench ??= await Store.open(lastPerson());
    return window.bench.left();
}"""
HURRY = "setInterval(() => dispatchEvent(new Event('online')), 150)"  # a network that comes and goes
BARE = """async (visit) => {
    const {Store} = await import("/static/js/inspections/store.js");
    const {lastPerson} = await import("/static/js/inspections/unsent.js");
    window.bench ??= await Store.open(lastPerson());
    const rows = (await window.bench.db.getAll("photos")).filter((one) => one.visit === visit);
    const began = performance.now();
    for (const {blob} of rows) {
        await fetch("/api/v1/inspections/photos/00000000-0000-4000-8000-000000000000/upload/", {method: "PATCH",
            body: await blob.arrayBuffer(), headers: {"Content-Type": "application/octet-stream", "Upload-Offset": "0",
            "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1]}});
    }
    return [(performance.now() - began) / 1000, rows.reduce((sum, one) => sum + one.size, 0)];
}"""


def run() -> Iterator[Result]:
    with installation(web=2) as here:
        plan = _arrange()
        faults, seconds, bare, size = _drive(f"http://127.0.0.1:{here.port}", plan)
        found = _audit(plan)
        detail = {
            "better": "lower",
            "size": {"visits": VISITS, "photos": PHOTOS, "photo_bytes": size},
            "faults": sum(faults.values()),
            "by_kind": dict(faults),
            **found,
            "load": load_average(),
        }
        yield Result("offline_sync", seconds, "s", bare, detail)


def _arrange() -> dict[str, list[list[Any]]]:
    """A hall, an auditor, visits; and what the tablet is to say in each: `visit id → [[key, value], …]`."""
    from core import time
    from halls.models import Hall, Region
    from halls.states import HallType, Location, Operation, QueueMode, RegionLevel
    from inspections.actions import visits
    from inspections.queries.cards import ranked
    from inspections.states import VisitKind
    from staff.models import Employment, User
    from staff.states import Role

    region = Region.objects.create(code="BENCH", name="测试区", level=RegionLevel.DISTRICT)
    hall = Hall.objects.create(
        code="B1",
        name="测试厅",
        region=region,
        type=HallType.STANDARD,
        location=Location.URBAN,
        operation=Operation.SELF,
        counter_count=4,
        queue_mode=QueueMode.MACHINE,
    )
    now = time.now()
    today = time.business_day(now)
    auditor = User.objects.create_user("BENCH1", PASSWORD, name="督导", password_changed_at=now)
    Employment.objects.create(user=auditor, role=Role.INSPECTOR, region=region, valid_from=today)
    version, dice = ranked(), random.Random("offline")
    assert version is not None
    plan = {}
    for _ in range(VISITS + 1):
        made = visits.make(hall, version, auditor, on=today, kind=VisitKind.OPEN)
        items = version.facts.items.values()
        said: list[list[Any]] = [[f"answer:{one.code}", dice.choice(ANSWERS)] for one in items if not one.is_counted]
        said += [[f"entry:e{n}", {"item": "B1.1.2", "points": 5}] for n in range(dice.randrange(4))]
        plan[str(made.pk)] = said
    return plan


class Faults:
    """Answers the tablet's requests, badly, until enough went wrong."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.done, self.dice = wanted, Counter[str](), random.Random("faults")

    @property
    def is_over(self) -> bool:
        return sum(self.done.values()) >= self.wanted

    def answer(self, route: Any) -> None:
        request = route.request
        kinds = ["offline", "server_error", "lost_answer", "twice", "reordered"]
        if request.method == "PATCH":
            kinds = ["offline", "server_error", "lost_answer", "twice", "cut"]
        elif request.method != "POST":
            kinds = ["offline", "server_error"]
        if self.is_over or self.dice.random() < 0.25:
            return route.continue_()
        kind = self.dice.choice(kinds)
        self.done[kind] += 1
        getattr(self, kind)(route)

    def offline(self, route: Any) -> None:
        route.abort("internetdisconnected")

    def server_error(self, route: Any) -> None:
        route.fulfill(status=500, body="oops")

    def lost_answer(self, route: Any) -> None:
        route.fetch()
        route.abort("connectionreset")

    def twice(self, route: Any) -> None:
        route.fetch()
        route.fulfill(response=route.fetch())

    def reordered(self, route: Any) -> None:
        body = json.loads(route.request.post_data or "{}")
        self.dice.shuffle(body.get("operations", []))
        route.fulfill(response=route.fetch(post_data=json.dumps(body)))

    def cut(self, route: Any) -> None:
        data = route.request.post_data_buffer or b""
        if len(data) > 1:
            route.fetch(post_data=data[: len(data) // 2])
        route.abort("connectionreset")


def _drive(url: str, plan: dict[str, list[list[Any]]]) -> tuple[Counter[str], float, float, int]:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("HALLKEEPER_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=[*FLAGS])
        page = browser.new_context(viewport={"width": 1180, "height": 820}, service_workers="block").new_page()
        _sign_in(page, url)
        *hindered, calm = plan
        faults = _hinder(page, {visit: plan[visit] for visit in hindered})
        say(f"{sum(faults.values())} faults: {dict(faults)}")
        page.reload()
        page.wait_for_selector("[data-visit]")
        page.context.set_offline(True)
        page.evaluate(FILL, [calm, plan[calm], {"count": PHOTOS, "side": 512, "noise": 255}])
        page.wait_for_timeout(1000)
        began = clock.perf_counter()
        page.context.set_offline(False)
        _wait(page)
        seconds = clock.perf_counter() - began
        bare, size = page.evaluate(BARE, calm)
        browser.close()
    return faults, seconds, bare, size


def _sign_in(page: Any, url: str) -> None:
    page.goto(f"{url}/login/")
    page.fill("[name=username]", "BENCH1")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()
    page.goto(f"{url}/inspections/tablet/")
    page.wait_for_selector("[data-visit]", timeout=60000)


def _hinder(page: Any, plan: dict[str, list[list[Any]]]) -> Counter[str]:
    """Fills the visits while requests go wrong, until all of it has arrived; what went wrong, by kind."""
    faults = Faults(FAULTS)
    page.context.route("**/api/v1/inspections/**", faults.answer)
    page.evaluate(HURRY)
    for number, (visit, said) in enumerate(plan.items(), 1):
        page.evaluate(FILL, [visit, said, {"count": 1, "side": 64, "noise": 255}])
        if number % 5 == 0 and not faults.is_over:
            faults.done["reload"] += 1
            page.reload()
            page.evaluate(HURRY)
        while not faults.is_over and sum(faults.done.values()) < FAULTS * number / len(plan):
            page.wait_for_timeout(50)
            if not page.evaluate(LEFT):
                break
    faults.wanted = min(faults.wanted, sum(faults.done.values()))
    _wait(page)
    page.context.unroute("**/api/v1/inspections/**")
    return faults.done


def _wait(page: Any) -> None:
    end = clock.monotonic() + 900
    while page.evaluate(LEFT):
        if clock.monotonic() > end:
            raise RuntimeError("the tablet did not get everything through")
        page.wait_for_timeout(50)


def _audit(plan: dict[str, list[list[Any]]]) -> dict[str, int]:
    """What was typed against what is on record."""
    from inspections.actions import photos
    from inspections.models import Operation, Photo, Visit
    from inspections.states import SHOWN_STATES

    lost = double = open_visits = 0
    for visit in Visit.objects.filter(pk__in=plan):
        said = plan[str(visit.pk)]
        lost += sum(visit.sheet.get(key, [None])[0] != value for key, value in said)
        rows = Operation.objects.filter(visit=visit, refused="")
        double += rows.exclude(key__startswith="photo:").count() - len(said) - 1
        open_visits += visit.state not in SHOWN_STATES
    here = Photo.objects.filter(visit__in=map(UUID, plan), completed_at__isnull=False)
    whole = [one for one in here if photos.path_of(one).exists()]
    wanted = VISITS + PHOTOS
    return {"lost": lost, "double": double, "lost_photos": wanted - len(whole), "visits_not_on_record": open_visits}
