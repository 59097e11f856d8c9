"""月度通报: begun for a closed month, saved, issued and frozen, corrected, received; who may do which."""

import time as clock
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from rest_framework.test import APIClient

from core.errors import Refused
from core.time import SHANGHAI
from messaging.models import Notice
from messaging.rules import topic_of
from messaging.states import NoticeTopic
from overview.actions import circulars
from overview.actions.circular_photos import pictures_of
from overview.models import Circular, CircularReading, CircularVersion
from overview.papers import circulars as papers
from overview.queries import circular_month
from overview.queries import circulars as reads
from queueing.actions.figures import add_up_days
from queueing.states import TicketState
from staff.states import Role
from tests.factories import make_hall, make_region, make_ticket, make_user
from tests.overview.circular_acts import begin, issue, refused
from tests.overview.month_rows import (
    NOVEMBER_2,
    OCTOBER,
    SEPTEMBER,
    make_action,
    make_checked,
    make_photo,
    reckon,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def halls():
    kinds = ("goutong100", "goutong100", "standard")
    return [make_hall(f"ZJ0{at}", name=f"{at} 号厅", type=kind) for at, kind in enumerate(kinds, 1)]


@pytest.fixture
def chief(halls):
    return make_user("00001", Role.DISTRICT, region=halls[0].region, name="李主管")


@pytest.fixture
def manager(halls):
    return make_user("01001", Role.HALL_MANAGER, halls[0], name="王经理")


def save(version, chief, *, photos=(), edits=None, **texts):
    given = circulars.Written(texts, list(photos), version.edits if edits is None else edits)
    return circulars.save(version, given, actor=chief, now=NOVEMBER_2)


def fresh(version):
    return CircularVersion.objects.select_related("circular__region").get(pk=version.pk)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# ---- what it says ----------------------------------------------------------------------------------------------


def test_r_i_9_halls_are_ranked_inside_their_class_with_the_change_to_the_month_before(halls):
    first, second, third = halls
    elsewhere = make_hall("NJ01", region=make_region("NJ"), type="goutong100")
    for hall, scores in ((first, (96, 98, 97)), (second, (97, 97, 97)), (elsewhere, (90, 90, 90)), (third, (80,))):
        for at, score in enumerate(scores):
            make_checked(hall, score, on=date(2026, 10, 10 + at))
    make_checked(first, 95, on=date(2026, 9, 10))
    reckon()
    said = circular_month.content(first.region, OCTOBER, NOVEMBER_2)
    rows = [(one["code"], one["score"], one["change"], one["place"], one["of"]) for one in said["ranking"]]
    assert rows == [("ZJ01", 97.0, 2.0, 1, 3), ("ZJ02", 97.0, None, 1, 3), ("ZJ03", 80.0, None, None, 0)]
    assert [papers.place(one) for one in said["ranking"]] == ["1 / 3", "1 / 3", "次数不足"]
    assert (said["totals"]["visited"], said["totals"]["visits"], said["totals"]["score_before"]) == (3, 7, 95.0)


def test_common_faults_leave_out_what_an_appeal_took_back_and_visits_of_other_months(halls):
    first, second, _ = halls
    visit = make_checked(first, 90, charged=("A1.1", "A4.4"))
    make_checked(second, 90, charged=("A1.1",))
    make_checked(second, 90, on=date(2026, 11, 1), charged=("A1.1",))
    make_checked(second, 90, on=date(2026, 9, 30), charged=("A1.1",))
    visit.findings.filter(item="A4.4").update(withdrawn_at=NOVEMBER_2)
    reckon()
    said = circular_month.content(first.region, OCTOBER, NOVEMBER_2)
    assert said["faults"] == [{"item": "A1.1", "name": "检查项 A1.1", "halls": 2, "times": 2, "points": 10}]


def test_the_ends_say_what_stands_out_and_open_actions_the_longest_overdue_first(halls):
    first, second, third = halls
    late = make_checked(second, 80, charged=("A1.1", "A4.4"))
    make_checked(first, 99)
    make_checked(third, 90)
    reckon()
    make_action(late.findings.get(item="A1.1"), due_on=date(2026, 11, 1))
    make_action(late.findings.get(item="A4.4"), due_on=date(2026, 11, 2))
    said = circular_month.content(first.region, OCTOBER, NOVEMBER_2)
    assert [one["code"] for one in said["top"]] == ["ZJ01"]
    assert [(one["code"], one["lost"]) for one in said["bottom"]] == [
        ("ZJ02", [["检查项 A1.1", 5], ["检查项 A4.4", 5]])
    ]
    assert (said["actions"]["open"], said["actions"]["late"]) == (2, 1)
    assert [(one["due_on"], one["is_late"]) for one in said["actions"]["rows"]] == [
        ("2026-11-01", True), ("2026-11-02", False),
    ]  # fmt: skip


def test_the_figures_of_a_circular_are_those_of_every_page(halls):
    first, second, _ = halls
    for hall, minutes in ((first, 4), (second, 10)):
        taken = datetime(2026, 10, 12, 10, tzinfo=SHANGHAI)
        make_ticket(hall, TicketState.DONE, taken_at=taken, called_at=taken + timedelta(minutes=minutes))
    add_up_days([(hall.pk, OCTOBER.replace(day=12)) for hall in halls], NOVEMBER_2)
    said = circular_month.content(first.region, OCTOBER, NOVEMBER_2)
    assert (said["totals"]["issued"], said["totals"]["mean_wait"]) == (2, 7.0)
    waits = [(one["name"], one["cells"][0]["text"], one["cells"][0]["place"]) for one in said["figures"]]
    assert waits == [("1 号厅", "4.0 分", 1), ("2 号厅", "10.0 分", 2)]


def test_a_region_without_visits_is_explained_and_can_still_be_issued(halls, chief):
    draft = begin(halls[0].region, chief)
    page = signed_in(chief).get(f"/overview/circulars/{draft.circular_id}/").content.decode()
    assert "没有计入排名的检查,所以没有得分和扣分项" in page
    assert issue(draft, chief).texts["overall"].startswith("2026 年 10 月,JK 区没有计入排名的检查。")


# ---- acts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "code"),
    [
        (date(2026, 11, 1), "month_running"),
        (date(2027, 3, 1), "month_running"),
        (date(2026, 4, 1), "bad_month"),
        (date(2026, 10, 2), "bad_month"),
        (date(1976, 10, 1), "bad_month"),
        (date(1, 1, 1), "bad_month"),
        (date(9999, 12, 1), "month_running"),
    ],
)
def test_a_running_month_one_to_come_and_one_long_gone_are_refused(halls, chief, month, code):
    act = lambda: circulars.begin(halls[0].region, month, actor=chief, now=NOVEMBER_2)  # noqa: E731
    assert (refused(act), Circular.objects.count()) == (code, 0)


def test_the_first_moment_after_a_month_opens_it_and_the_last_of_it_does_not(halls, chief):
    midnight = datetime(2026, 11, 1, 0, tzinfo=SHANGHAI)
    with pytest.raises(Refused) as no:
        circulars.begin(halls[0].region, OCTOBER, actor=chief, now=midnight - timedelta(seconds=1))
    assert no.value.message == "2026 年 10 月还没有结束,2026 年 11 月 1 日起可以起草通报。"
    version = circulars.begin(halls[0].region, OCTOBER, actor=chief, now=midnight)
    assert circulars.begin(halls[0].region, OCTOBER, actor=chief, now=midnight).pk == version.pk


def test_a_region_without_halls_has_no_circular(halls, chief):
    empty = make_region("RZ")
    assert refused(lambda: begin(empty, chief)) == "no_halls"


def test_untouched_parts_follow_the_figures_until_issued_and_are_frozen_then(halls, chief, manager):
    make_checked(halls[0], 97)
    reckon()
    draft = save(begin(halls[0].region, chief), chief, demands="请各厅自查。")
    make_checked(halls[1], 90)
    reckon()
    issued = issue(draft, chief)
    make_checked(halls[2], 60)
    reckon()
    shown = reads.shown(fresh(issued), NOVEMBER_2)
    assert (shown.content["totals"]["visited"], shown.texts["demands"]) == (2, "请各厅自查。")
    assert "2 个接受计入排名的检查" in shown.texts["overall"]
    told = Notice.objects.get(user=manager)
    assert (told.title, told.url) == (
        "JK 区 2026 年 10 月服务质量通报,请阅读并签收", f"/overview/circulars/{issued.circular_id}/",
    )  # fmt: skip
    assert topic_of(told.key) == NoticeTopic.REPORTS


def test_what_is_issued_stays_in_the_database(halls, chief):
    issued = issue(begin(halls[0].region, chief), chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        CircularVersion.objects.filter(pk=issued.pk).update(texts={})
    with pytest.raises(IntegrityError), transaction.atomic():
        CircularVersion.objects.filter(pk=issued.pk).delete()
    assert refused(lambda: save(issued, chief, praise="改")) == "issued"
    assert refused(lambda: begin(halls[0].region, chief)) == "issued"
    assert fresh(issued).texts == issued.texts


@pytest.mark.parametrize(
    ("texts", "photos", "code"),
    [
        ({"praise": "长" * 2001}, [], "too_long"),
        ({}, [{"photo": f"{at}", "caption": ""} for at in range(13)], "too_many"),
        ({}, [{"photo": "6f1c0c86-7a54-4a52-8a4e-6d1f6a3c8f10", "caption": ""}], "strange_photo"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(halls, chief, texts, photos, code):
    draft = begin(halls[0].region, chief)
    assert refused(lambda: save(draft, chief, photos=photos, **texts)) == code
    assert (fresh(draft).texts, fresh(draft).photos, fresh(draft).edits) == ({}, [], 0)


def test_who_saves_over_a_colleague_is_told_and_changes_nothing(halls, chief):
    draft = begin(halls[0].region, chief)
    save(draft, chief, praise="李主管写的")
    assert refused(lambda: save(draft, chief, praise="别人写的", edits=0)) == "moved_on"
    assert refused(lambda: circulars.issue(draft, edits=0, actor=chief, now=NOVEMBER_2)) == "moved_on"
    assert (fresh(draft).texts, fresh(draft).state) == ({"praise": "李主管写的"}, "draft")


def test_photos_of_standing_deductions_are_copied_when_issued(halls, chief):
    visit = make_checked(halls[0], 90, charged=("A1.1", "A4.4"))
    good, withdrawn, other = (make_photo(visit, item) for item in ("A1.1", "A4.4", "A5.5"))
    visit.findings.filter(item="A4.4").update(withdrawn_at=NOVEMBER_2)
    draft = begin(halls[0].region, chief)
    for strange in (withdrawn, other):
        chosen = [{"photo": str(strange.pk), "caption": "x"}]
        assert refused(lambda chosen=chosen: save(draft, chief, photos=chosen)) == "strange_photo"
    saved = save(draft, chief, photos=[{"photo": str(good.pk), "caption": " "}])
    assert saved.photos == [{"photo": str(good.pk), "caption": "1 号厅:检查项 A1.1(扣 5 分)"}]
    issued = issue(saved, chief)
    good.is_removed = True
    good.save()
    ((data, caption),) = pictures_of(fresh(issued))
    assert (data[:2], caption) == (b"\xff\xd8", "1 号厅:检查项 A1.1(扣 5 分)")


def test_a_photo_that_went_away_stops_the_issue_and_changes_nothing(halls, chief):
    visit = make_checked(halls[0], 90, charged=("A1.1",))
    photo = make_photo(visit, "A1.1")
    saved = save(begin(halls[0].region, chief), chief, photos=[{"photo": str(photo.pk), "caption": "海报"}])
    photo.is_removed = True
    photo.save()
    assert refused(lambda: issue(saved, chief)) == "photo_gone"
    assert (fresh(saved).state, Notice.objects.count()) == ("draft", 0)
    page = signed_in(chief).get(f"/overview/circulars/{saved.circular_id}/").content.decode()
    assert "照片已删除或扣分已撤销" in page


def test_a_draft_can_be_dropped_and_takes_the_circular_with_it_only_without_an_issue(halls, chief):
    first = begin(halls[0].region, chief)
    assert circulars.drop(first.circular) is False
    assert Circular.objects.count() == 0
    issued = issue(begin(halls[0].region, chief), chief)
    assert refused(lambda: circulars.drop(issued.circular)) == "no_draft"
    circulars.correct(issued.circular, "更正", actor=chief, now=NOVEMBER_2)
    assert circulars.drop(issued.circular) is True
    assert [one.pk for one in issued.circular.versions.all()] == [issued.pk]


# ---- doors -----------------------------------------------------------------------------------------------------


def test_drafts_are_seen_by_who_issues_and_issued_ones_by_the_halls_of_the_region(halls, chief, manager):
    stranger = make_user("09001", Role.HALL_MANAGER, make_hall("NJ01", region=make_region("NJ")))
    draft = begin(halls[0].region, chief)
    page = f"/overview/circulars/{draft.circular_id}/"
    assert [signed_in(one).get(page).status_code for one in (chief, manager, stranger)] == [200, 404, 404]
    issue(draft, chief)
    circulars.correct(draft.circular, "更正", actor=chief, now=NOVEMBER_2)
    assert [signed_in(one).get(page).status_code for one in (chief, manager, stranger)] == [200, 200, 404]
    second = f"{page}versions/2/"
    assert [signed_in(one).get(second).status_code for one in (chief, manager)] == [200, 404]
    assert signed_in(manager).post(f"{second}save/", {"edits": "0"}).status_code == 403
    assert "待签收" in signed_in(manager).get("/overview/circulars/").content.decode()


def test_the_page_saves_issues_keeps_what_was_typed_and_is_received(halls, chief, manager):
    client = signed_in(chief)
    draft = begin(halls[0].region, chief)
    page = f"/overview/circulars/{draft.circular_id}/"
    form = {"edits": "0", "text-praise": "大市口表现突出。", "seen-praise": ""}
    told = client.post(f"{page}versions/1/save/", {**form, "edits": "7", "issue": "1"}).content.decode()
    assert ("大市口表现突出。" in told, "刚被李主管更新" in told) == (True, True)
    assert client.post(f"{page}versions/1/save/", {**form, "issue": "1"}).status_code == 302
    assert fresh(draft).texts["praise"] == "大市口表现突出。"
    signed_in(manager).post(f"{page}receive/", {"hall": "ZJ01"})
    assert [one.read_by.name for one in CircularReading.objects.all()] == ["王经理"]
    assert "1 / 3" in client.get("/overview/circulars/").content.decode()


def test_word_pdf_and_excel_say_the_ranking_and_show_the_photo(halls, chief):
    visit = make_checked(halls[0], 90, charged=("A1.1",))
    reckon()
    photo = make_photo(visit, "A1.1")
    saved = save(begin(halls[0].region, chief), chief, photos=[{"photo": str(photo.pk), "caption": "海报过期"}])
    issued = issue(saved, chief)
    client, base = signed_in(chief), f"/overview/circulars/{issued.circular_id}/versions/1/"
    with ZipFile(BytesIO(client.get(f"{base}docx/").content)) as word:
        text = word.read("word/document.xml").decode()
        pictures = [name for name in word.namelist() if name.startswith("word/media/")]
    assert ("1 号厅" in text, "海报过期" in text, "检查项 A1.1" in text, len(pictures)) == (True, True, True, 1)
    assert client.get(f"{base}pdf/").content[:5] == b"%PDF-"
    assert client.get(f"{base}xlsx/").content[:2] == b"PK"
    assert client.get(f"{base}exe/").status_code == 404
    assert b"".join(client.get(f"{base}photos/1/").streaming_content)[:2] == b"\xff\xd8"
    assert client.get(f"{base}photos/2/").status_code == 404


def test_the_api_begins_saves_issues_and_lists(halls, chief, manager, monkeypatch):
    monkeypatch.setattr("core.time.now", lambda: NOVEMBER_2)
    api = APIClient()
    api.force_authenticate(chief)
    made = api.post("/api/v1/circulars/", {"region": "JK", "month": "2026-10"}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    page = f"/api/v1/circulars/{made.json()['id']}/"
    running = api.post("/api/v1/circulars/", {"region": "JK", "month": "2026-11"}, format="json")
    assert (running.status_code, running.json()["code"]) == (409, "month_running")
    bad = api.post("/api/v1/circulars/", {"region": "JK", "month": "2026-13"}, format="json")
    assert (bad.status_code, list(bad.json())) == (400, ["month"])
    saved = api.patch(f"{page}draft/", {"edits": 0, "texts": {"praise": "好"}}, format="json").json()
    assert (saved["edits"], saved["typed"]) == (1, ["praise"])
    assert api.post(f"{page}issue/", {"edits": 0}, format="json").json()["code"] == "moved_on"
    assert api.post(f"{page}issue/", {"edits": 1}, format="json").json()["is_issued"] is True
    api.force_authenticate(manager)
    assert [one["received"] for one in api.get("/api/v1/circulars/").json()["results"]] == [0]
    assert api.post(f"{page}receive/", {"hall": "ZJ01"}, format="json").json()["received"] == 1
    assert api.post(f"{page}issue/", {"edits": 1}, format="json").status_code == 403


def test_lists_ask_as_often_for_three_circulars_as_for_one(halls, chief, django_assert_max_num_queries):
    asked = []
    for month in (OCTOBER, SEPTEMBER, date(2026, 8, 1)):
        issue(circulars.begin(halls[0].region, month, actor=chief, now=NOVEMBER_2), chief)
        rows = list(reads.visible(chief))
        with django_assert_max_num_queries(20) as seen:
            reads.lines(rows, chief)
        asked.append(len(seen))
    assert asked == [asked[0]] * 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_at_once_one_issues(settings, tmp_path):
    hall = make_hall("ZJ01")
    people = [make_user(f"0000{at}", Role.DISTRICT, region=hall.region) for at in (1, 2)]
    draft = begin(hall.region, people[0])

    def act(actor):
        try:
            clock.sleep(0.01)
            return str(issue(fresh(draft), actor).issued_by_id)
        except Refused as no:
            return no.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(act, people))
    assert sorted(found) == sorted(["issued", str(fresh(draft).issued_by_id)])
