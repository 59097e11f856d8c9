"""Operations come to the server: once each, refused alone, in any order; photos in parts; the submission locks."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from core.errors import Refused
from core.time import business_day, now
from inspections.actions import photos
from inspections.models import ActionEvent, CardVersion, CorrectiveAction, Finding, Operation, Photo, Visit
from inspections.rules import sheet as sheets
from inspections.states import ActionState, CardState, VisitState
from tests.factories import make_hall, make_user
from tests.inspections.rows import (
    JPEG,
    Pen,
    as_uuid,
    hand_in,
    make_auditor,
    make_card,
    make_visit,
    photo_value,
    uuid_text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> Visit:
    return make_visit(make_hall())


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_operations_are_taken_once_however_often_they_come(visit: Visit):
    pen = Pen(visit)
    first = pen.write("answer:A1.1", "fail")
    second = pen.write("entry:x", {"item": "B1.1.2", "points": 5})
    assert pen.tell(first, second) == ["applied", "applied"]
    assert pen.tell(second, first, second) == ["known", "known", "known"]
    visit.refresh_from_db()
    assert Operation.objects.count() == 2
    assert sheets.entries(visit.sheet) == {"x": {"item": "B1.1.2", "points": 5}}
    assert visit.state == VisitState.RUNNING


def test_a_bad_operation_is_refused_alone_and_the_rest_is_kept(visit: Visit):
    pen = Pen(visit)
    told = [
        pen.write("answer:A1.1", "fail"),
        pen.write("answer:Z9.9", "fail"),
        pen.write("entry:x", {"item": "B1.1.1", "points": 9}),
        pen.write("answer:A1.2", "pass"),
    ]
    assert pen.tell(*told) == ["applied", "unknown_item", "bad_points", "applied"]
    visit.refresh_from_db()
    assert sheets.answers(visit.sheet) == {"A1.1": "fail", "A1.2": "pass"}
    assert pen.tell(*told) == ["known", "unknown_item", "bad_points", "known"]


def test_an_item_of_another_card_is_refused():
    visit = make_visit(make_hall(), version=make_card("patrol"))
    pen = Pen(visit)
    assert pen.tell(pen.write("answer:A1.1", "pass"), pen.write("answer:P1.1", "pass")) == ["unknown_item", "applied"]


def test_a_number_used_for_something_else_is_refused(visit: Visit):
    pen = Pen(visit)
    pen.tell(pen.write("answer:A1.1", "fail"))
    assert pen.tell(pen.write("answer:A1.1", "pass", counter=1, clock=1)) == ["number_reused"]
    visit.refresh_from_db()
    assert sheets.answers(visit.sheet) == {"A1.1": "fail"}


def test_another_account_can_neither_replay_a_tablet_nor_write_into_the_visit(visit: Visit):
    pen, other = Pen(visit), make_auditor()
    assert pen.tell(pen.write("answer:A1.1", "fail")) == ["applied"]
    assert pen.tell(pen.write("answer:A1.1", "pass"), actor=other) == ["other_account"]
    assert Pen(visit).tell(pen.log[-1], actor=other) == ["no_such_visit"]
    visit.refresh_from_db()
    assert sheets.answers(visit.sheet) == {"A1.1": "fail"}
    assert Operation.objects.count() == 1


def test_two_tablets_on_one_visit_give_the_same_in_any_order():
    hall, auditor = make_hall(), make_auditor()
    sheets_found = []
    for turned in (False, True):
        visit = make_visit(hall, auditor)
        one, two = Pen(visit), Pen(visit)
        one.tablet, two.tablet = as_uuid(f"{turned:01x}" + "1" * 31), as_uuid(f"{turned:01x}" + "2" * 31)
        one.write("answer:A1.1", "fail")
        one.write("answer:A1.2", "pass")
        two.write("answer:A1.1", "pass", clock=7)
        two.write("entry:y", {"item": "B1.1.2", "points": 5})
        for pen in (two, one) if turned else (one, two):
            pen.tell(*reversed(pen.log))
        visit.refresh_from_db()
        sheets_found.append({key: register[0] for key, register in visit.sheet.items()})
    assert sheets_found[0] == sheets_found[1]
    assert sheets_found[0]["answer:A1.1"] == "pass"


def test_the_submission_waits_for_what_was_told_before_it_then_scores_and_locks(visit: Visit):
    pen = Pen(visit)
    pen.fill(failed=("A1.9", "A2.1"))
    last = pen.submit()
    assert pen.tell(last) == ["not_yet"]
    assert Operation.objects.count() == 0
    assert set(pen.tell(*pen.log[:-1])) == {"applied"}
    visit.refresh_from_db()
    assert visit.state == VisitState.SIGNING
    assert pen.tell(last) == ["applied"]
    visit.refresh_from_db()
    assert (visit.state, visit.score, visit.is_vetoed) == (VisitState.SUBMITTED, 94, False)
    assert [one["text"] for one in visit.breakdown["groups"]][:2] == ["5 − 2 = 3 分", "15 − 4 = 11 分"]
    assert pen.tell(last) == ["known"]


def test_what_comes_after_the_submission_is_refused_but_kept_on_record():
    visit = hand_in(make_visit(make_hall()), "A1.9")
    late = Pen(visit)
    assert late.tell(late.write("answer:A1.9", "pass")) == ["visit_locked"]
    assert Operation.objects.get(refused="visit_locked").value == "pass"
    visit.refresh_from_db()
    assert visit.score == 98


def test_what_is_told_in_the_same_batch_after_the_submission_changes_nothing(visit: Visit):
    pen = Pen(visit)
    pen.fill()
    pen.submit()
    pen.write("answer:A1.1", "fail")
    assert pen.tell()[-2:] == ["applied", "visit_locked"]
    visit.refresh_from_db()
    assert visit.score == 100


def test_unanswered_items_are_reported_as_unseen(visit: Visit):
    pen = Pen(visit)
    pen.write("answer:A1.1", "pass")
    pen.submit()
    pen.tell()
    visit.refresh_from_db()
    assert "A1.2" in visit.breakdown["unseen"]
    assert "A1.1" not in visit.breakdown["unseen"]


def test_r_i_10_every_deduction_opens_an_action_and_what_was_put_right_at_once_is_closed():
    hall = make_hall()
    manager = make_user(role="hall_manager", hall=hall)
    pen = Pen(make_visit(hall))
    pen.fill(failed=("A1.9", "A4.5"))
    pen.write("fixed:A4.5", True)
    pen.write("entry:a", {"item": "B1.1.2", "points": 5, "note": "没有核对证件"})
    pen.write("entry:b", {"item": "B1.1.2", "points": 5})
    pen.submit()
    pen.tell()
    actions = {(one.finding.item, one.finding.entry): one for one in CorrectiveAction.objects.all()}
    assert {key: one.state for key, one in actions.items()} == {
        ("A1.9", ""): ActionState.OPEN,
        ("A4.5", ""): ActionState.ON_SPOT,
        ("B1.1.2", "a"): ActionState.OPEN,
        ("B1.1.2", "b"): ActionState.OPEN,
    }
    assert {one.owner for one in actions.values()} == {manager}
    pen.visit.refresh_from_db()
    assert pen.visit.score == 100 - 2 - 2 - 10
    assert actions["A1.9", ""].due_on == business_day(pen.visit.submitted_at) + timedelta(days=7)
    assert ActionEvent.objects.count() == 4


def test_a_card_published_meanwhile_does_not_touch_the_visit(visit: Visit):
    content = {**visit.version.content, "total_points": 100}
    content["groups"] = [{**group, "items": group["items"][:1]} for group in content["groups"]]
    CardVersion.objects.create(
        card=visit.version.card, number=2, state=CardState.PUBLISHED, content=content, published_at=now()
    )
    pen = Pen(visit)
    assert pen.tell(pen.write("answer:A1.9", "fail")) == ["applied"]


def test_r_i_13_the_start_keeps_place_and_time():
    hall = make_hall(latitude="32.20700", longitude="119.45200")
    visit = make_visit(hall)
    pen = Pen(visit)
    pen.write("start", {"at": "2026-11-24T10:00:00+08:00", "place": {"lat": 32.207, "lon": 119.463}})
    pen.tell(now=now() + timedelta(days=3))
    visit.refresh_from_db()
    assert visit.started_at.isoformat() == "2026-11-24T02:00:00+00:00"
    assert 1030 <= visit.distance <= 1040


def test_a_veto_is_scored_and_can_be_improved_like_a_deduction(visit: Visit):
    began = "2026-11-24T10:00:00+08:00"
    pen = Pen(visit)
    pen.fill(failed=("A1.9",))
    pen.write("veto", {"started_at": began, "ended_at": "2026-11-24T10:20:00+08:00", "returned": False})
    pen.submit()
    pen.tell()
    visit.refresh_from_db()
    assert (visit.score, visit.is_vetoed) == (0, True)
    assert sorted(Finding.objects.values_list("item", "points")) == [("A1.9", 2), ("V1", 100)]


def photo_of(visit: Visit, data: bytes = JPEG, pen: Pen | None = None, **fields: Any) -> tuple[Pen, str]:
    pen, name = pen or Pen(visit), uuid_text()
    assert pen.tell(pen.write(f"photo:{name}", photo_value(data, **fields))) == ["applied"]
    return pen, name


def test_a_photo_comes_in_parts_with_repeats_and_is_checked_by_content(visit: Visit):
    _, name = photo_of(visit)
    pk = as_uuid(name)
    assert photos.add_part(pk, 0, JPEG[:100], now=now()).received == 100
    assert photos.add_part(pk, 50, JPEG[50:150], now=now()).received == 150
    assert photos.add_part(pk, 0, JPEG[:100], now=now()).received == 150
    with pytest.raises(Refused) as no:
        photos.add_part(pk, 200, JPEG[200:], now=now())
    assert no.value.code == "wrong_offset"
    done = photos.add_part(pk, 150, JPEG[150:], now=now())
    assert (done.received, done.is_complete) == (len(JPEG), True)
    photo = Photo.objects.get(pk=name)
    assert photos.path_of(photo).read_bytes() == JPEG
    assert photo.extension == "jpg"
    assert photos.add_part(pk, 0, JPEG[:10], now=now()).is_complete


def test_a_broken_photo_begins_anew_and_a_file_that_is_none_is_refused(visit: Visit):
    _, name = photo_of(visit)
    with pytest.raises(Refused) as no:
        photos.add_part(as_uuid(name), 0, b"x" * len(JPEG), now=now())
    assert no.value.code == "photo_broken"
    assert photos.received(Photo.objects.get(pk=name)).received == 0
    text = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    _, other = photo_of(visit, text)
    with pytest.raises(Refused) as no:
        photos.add_part(as_uuid(other), 0, text, now=now())
    assert no.value.code == "not_a_picture"
    with pytest.raises(Refused) as no:
        photos.add_part(as_uuid(name), 0, JPEG + b"more", now=now())
    assert no.value.code == "photo_too_large"


def test_a_visit_whose_photos_are_under_way_waits_for_them(visit: Visit):
    pen = Pen(visit)
    pen.fill(failed=("A1.1",))
    _, name = photo_of(visit, pen=pen)
    pen.submit()
    pen.tell()
    visit.refresh_from_db()
    assert (visit.state, visit.score) == (VisitState.UPLOADING, 95)
    assert not CorrectiveAction.objects.exists()
    photos.add_part(as_uuid(name), 0, JPEG, now=now())
    visit.refresh_from_db()
    assert visit.state == VisitState.SUBMITTED
    assert CorrectiveAction.objects.count() == 1


def test_a_photo_taken_back_is_not_waited_for(visit: Visit):
    pen, name = photo_of(visit)
    pen.tell(pen.write(f"photo:{name}", photo_value(JPEG, removed=True)))
    with pytest.raises(Refused) as no:
        photos.add_part(as_uuid(name), 0, JPEG, now=now())
    assert no.value.code == "photo_removed"
    pen.submit()
    assert pen.tell()[-1] == "applied"
    visit.refresh_from_db()
    assert visit.state == VisitState.SUBMITTED


def test_published_cards_and_told_operations_never_change(visit: Visit):
    pen = Pen(visit)
    pen.tell(pen.write("answer:A1.1", "fail"))
    for change in (
        lambda: CardVersion.objects.filter(pk=visit.version_id).update(note="x"),
        lambda: Operation.objects.update(value="pass"),
        lambda: Operation.objects.get().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Operation.objects.get().value == "fail"
