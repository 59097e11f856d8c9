"""`Idempotency-Key`: who changes something over HTTP is answered the same for the same key, and files count too."""

import ast
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import time
from overview.actions import tasks as actions
from overview.models import TaskEvent
from staff.states import Role
from tests.factories import make_hall, make_user
from tests.halls.pictures import png

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = {
    # an answer with a secret in it is not kept
    ("halls", "pair"), ("staff", "people"), ("staff", "return_to_work"), ("staff", "reset_password"),
    ("staff", "token"), ("loyalty", "reveal"),
    # of another make: their own numbers, registers or whole states say what a repeat is
    ("inspections", "operations"), ("inspections", "upload"), ("loyalty", "redeem"), ("loyalty", "inbound"),
    ("loyalty", "push"), ("loyalty", "boss_balance"), ("messaging", "wishes"), ("queueing", "claim"),
    ("queueing", "printed"), ("queueing", "give_back"),
    # a question
    ("overview", "find"),
}  # fmt: skip


def _changing(path: Path) -> list[tuple[str, bool]]:
    """The doors of a file through which something is changed, and whether each keeps its answer."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    doors = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    marks = {name: [ast.unparse(mark) for mark in node.decorator_list] for name, node in doors.items()}
    keeping = {name for name in doors if "keeps_answer" in marks[name]}
    found = []
    for name, node in doors.items():
        methods = next((mark for mark in marks[name] if mark.startswith("api_view(")), "")
        if any(verb in methods for verb in ("POST", "PUT", "PATCH", "DELETE")):
            called = {one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and hasattr(one.func, "id")}
            found.append((name, name in keeping or bool(called & keeping)))
    return found


def test_every_door_that_changes_something_keeps_its_answer():
    files = [*ROOT.glob("*/api/*.py"), *ROOT.glob("*/api.py")]
    found = {(path.relative_to(ROOT).parts[0], name, kept) for path in files for name, kept in _changing(path)}
    assert {(app, name) for app, name, kept in found if not kept} == WITHOUT
    assert len(found) > 100


@pytest.fixture
def row(db):
    hall = make_hall("ZJ01")
    boss = make_user("90001", Role.DISTRICT, region=hall.region)
    day = time.business_day(time.now())
    wish = {"title": "换海报", "text": "按图张贴", "due_on": day, "wants_photo": True}
    return actions.give(actions.Order(**wish), [hall], actor=boss, now=time.now()).halls.get()


def test_a_repeated_report_with_a_photo_gives_the_first_answer_and_changes_nothing(row, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make_user("01001", Role.HALL_MANAGER, row.hall))

    def report(width):
        photo = SimpleUploadedFile("door.png", png(width, 300), "image/png")
        body = {"proof": "已张贴", "photo": photo}
        return client.post(f"/api/v1/hall-tasks/{row.pk}/done/", body, headers={"Idempotency-Key": "k1"})

    first = report(300)
    told = TaskEvent.objects.count()
    assert (first.status_code, first.json()["state"]) == (200, "done")
    assert report(300).json() == first.json()
    other = report(400)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert TaskEvent.objects.count() == told
