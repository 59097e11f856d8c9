"""The pages: who opens them, what they show, what is kept when they refuse."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from core.time import now
from inspections.actions import appeals, months
from inspections.models import AskedQuestion, CardVersion, CorrectiveAction, Plan, Question, Visit
from inspections.states import VisitKind
from staff.states import Role
from tests.factories import make_business, make_hall, make_owner, make_region, make_user
from tests.halls.pictures import png
from tests.inspections.rows import hand_in, make_auditor, make_card, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


PAGES = {
    "plan/": {Role.DISTRICT},
    "tablet/": {Role.INSPECTOR, Role.DUTY_MANAGER, Role.HALL_MANAGER},
    "results/": {Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.INSPECTOR, Role.DISTRICT},
    "ranking/": {Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.INSPECTOR, Role.DISTRICT},
    "actions/": {Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.INSPECTOR, Role.DISTRICT},
    "appeals/": {Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.INSPECTOR, Role.DISTRICT},
    "cards/": {Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.INSPECTOR, Role.DISTRICT},
}


def test_every_page_opens_for_its_roles_only(hall):
    make_card()
    roles = (Role.CLERK, Role.DUTY_MANAGER, Role.HALL_MANAGER, Role.INSPECTOR, Role.DISTRICT)
    people = {role: make_user(role=role, region=hall.region.parent) for role in roles}
    clients = {role: signed_in(person) for role, person in people.items()}
    found = {
        page: {role for role, client in clients.items() if client.get(f"/inspections/{page}").status_code == 200}
        for page in PAGES
    }
    assert found == PAGES
    assert Client().get("/inspections/results/").status_code == 302


def test_a_hall_cannot_open_a_planned_mystery_visit_nor_anything_of_another_hall(hall):
    planned = make_visit(hall, kind=VisitKind.MYSTERY)
    other = hand_in(make_visit(make_hall("ZJ02", region=make_region("RZ")), planned.auditor), "A1.9")
    mine = hand_in(make_visit(hall, planned.auditor, kind=VisitKind.MYSTERY), "A1.9")
    client = signed_in(make_user(role=Role.HALL_MANAGER, hall=hall))
    for visit, status in ((planned, 404), (other, 404), (mine, 200)):
        assert client.get(f"/inspections/results/{visit.pk}/").status_code == status
    assert client.get("/inspections/halls/ZJ02/").status_code == 404
    action = CorrectiveAction.objects.get(hall=other.hall)
    assert client.get(f"/inspections/actions/{action.pk}/").status_code == 404
    page = client.get(f"/inspections/results/{mine.pk}/").content.decode()
    assert planned.auditor.name not in page
    assert "暗访员" in page


def test_a_result_shows_its_arithmetic_and_takes_an_appeal(hall):
    visit = hand_in(make_visit(hall), "A1.9", "A2.1")
    client = signed_in(make_user(role=Role.HALL_MANAGER, hall=hall))
    page = client.get(f"/inspections/results/{visit.pk}/").content.decode()
    assert "5 − 2 = 3 分" in page
    assert "15 − 4 = 11 分" in page
    refused = client.post(f"/inspections/results/{visit.pk}/appeal/", {"reason": "写了很久的理由"})
    assert "请选择要申诉的扣分项。" in refused.content.decode()
    assert "写了很久的理由" in refused.content.decode()
    finding = visit.findings.first()
    client.post(f"/inspections/results/{visit.pk}/appeal/", {"reason": "不认可", "finding": [finding.pk]})
    assert visit.appeals.get().findings.get() == finding
    assert signed_in(make_user(role=Role.DUTY_MANAGER, hall=hall)).post(
        f"/inspections/results/{visit.pk}/appeal/", {"reason": "x", "finding": [finding.pk]}
    ).status_code == 403  # fmt: skip


def test_the_district_decides_an_appeal_on_its_page(hall):
    visit = hand_in(make_visit(hall), "A1.9")
    manager = make_user(role=Role.HALL_MANAGER, hall=hall)
    appeal = appeals.raise_appeal(visit, list(visit.findings.all()), "不认可", actor=manager, now=now())
    address = f"/inspections/appeals/{appeal.pk}/"
    assert signed_in(manager).post(f"{address}decision/", {"answer": "x"}).status_code == 403
    district = signed_in(make_user(role=Role.DISTRICT, region=hall.region))
    assert "请写明处理意见。" in district.post(f"{address}decision/", {"answer": ""}).content.decode()
    district.post(f"{address}decision/", {"answer": "属实", "granted": [visit.findings.get().pk]})
    visit.refresh_from_db()
    assert visit.score == 100


def test_an_action_goes_its_way_on_its_page(hall):
    hand_in(make_visit(hall), "A1.9")
    action = CorrectiveAction.objects.get()
    address = f"/inspections/actions/{action.pk}/change/"
    manager = signed_in(make_user(role=Role.HALL_MANAGER, hall=hall))
    assert "请写明做了什么整改" in manager.post(address, {"proof": " "}).content.decode()
    manager.post(address, {"proof": "已修剪"})
    assert manager.post(address, {"passed": "yes"}).status_code == 403
    signed_in(make_user(role=Role.DISTRICT, region=hall.region)).post(address, {"passed": "yes"})
    action.refresh_from_db()
    assert action.state == "done"


def test_the_plan_is_drawn_and_a_conflict_keeps_what_was_typed(hall):
    make_card()
    auditor = make_auditor()
    district = make_user(role=Role.DISTRICT, region=hall.region)
    client = signed_in(district)
    client.post("/inspections/plan/draw/", {"region": hall.region.code, "month": f"{now():%Y-%m}"})
    plan = Plan.objects.get()
    assert plan.visits.filter(second_of=None).exists()
    assert hall.name in client.get("/inspections/plan/").content.decode()
    from tests.factories import employ

    employ(auditor, Role.CLERK, hall)
    before = Visit.objects.count()
    given = {"hall": hall.pk, "auditor": auditor.pk, "on": f"{now():%Y-%m-%d}", "kind": "mystery"}
    answer = client.post("/inspections/plan/arrange/", given).content.decode()
    assert "需要回避" in answer
    assert Visit.objects.count() == before


def test_ranking_and_exports(hall):
    visit = hand_in(make_visit(hall), "A1.9")
    months.reckon(now().date().replace(day=1), now=now())
    client = signed_in(make_user(role=Role.DISTRICT, region=hall.region))
    assert "98.00" in client.get("/inspections/ranking/").content.decode()
    for address in ("ranking/export/", "results/export/", "actions/export/", f"results/{visit.pk}/export/"):
        book = load_workbook(io.BytesIO(client.get(f"/inspections/{address}").content))
        rows = list(book.active.iter_rows(min_row=4, values_only=True))
        assert rows, address
    assert ("仪容仪表", "A1.9", "双手与气味", "不合格", 2, None) in [
        tuple(row) for row in load_workbook(
            io.BytesIO(client.get(f"/inspections/results/{visit.pk}/export/").content)
        ).active.iter_rows(min_row=4, values_only=True)
    ]  # fmt: skip


def test_a_card_is_edited_checked_and_published(hall):
    version = make_card()
    client = signed_in(make_owner())
    assert signed_in(make_user(role=Role.DISTRICT, region=hall.region)).post(
        f"/inspections/cards/{version.card.pk}/draft/"
    ).status_code == 403  # fmt: skip
    client.post(f"/inspections/cards/{version.card.pk}/draft/")
    draft = CardVersion.objects.get(state="draft")
    address = f"/inspections/cards/versions/{draft.pk}/edit/"
    client.post(address, {"g0.max": "9", "publish": "yes"})
    page = client.get(address).content.decode()
    assert "各组满分合计 104 分,与总分 100 分不符。" in page
    draft.refresh_from_db()
    assert draft.state == "draft"
    client.post(address, {"g0.max": "5", "g0.i0.name": "统一着装", "publish": "yes"})
    draft.refresh_from_db()
    assert (draft.state, draft.content["groups"][0]["items"][0]["name"]) == ("published", "统一着装")
    version.refresh_from_db()
    assert version.content["groups"][0]["items"][0]["name"] == "着统一标志服"


def test_the_worker_reaches_the_tablet_only_and_the_shell_holds_nobodys_data(hall):
    auditor = make_auditor(name="督导甲")
    client = signed_in(auditor)
    page = client.get("/inspections/tablet/").content.decode()
    assert "督导甲" not in page
    worker = client.get("/inspections/tablet/sw.js")
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert "js/inspections/scoring.js" in worker.content.decode()
    assert client.get("/inspections/tablet/manifest.webmanifest").json()["scope"] == "/inspections/tablet/"


def test_conditions_timers_and_veto_are_edited_with_the_card(hall):
    version = make_card()
    client = signed_in(make_owner())
    client.post(f"/inspections/cards/{version.card.pk}/draft/")
    draft = CardVersion.objects.get(state="draft")
    address = f"/inspections/cards/versions/{draft.pk}/edit/"
    client.post(address, {"g0.i0.when": "普通店且冬季", "g0.i0.timers": "更衣 | 300 | 高峰", "veto": "15"})
    draft.refresh_from_db()
    first = draft.content["groups"][0]["items"][0]
    assert first["when"] == [{"hall_types": ["standard"], "season": "winter"}]
    assert first["timers"] == [{"label": "更衣", "seconds": 300, "when": [{"peak": "peak"}]}]
    assert (draft.content["veto"]["minutes"], draft.facts.veto_minutes) == (15, 15)
    assert "普通店且冬季" in client.get(f"{address}?g=0").content.decode()
    client.post(address, {"veto": ""})
    draft.refresh_from_db()
    assert draft.content["veto"] is None


def test_a_card_is_written_from_an_empty_page(hall):
    client, new = signed_in(make_owner()), "/inspections/cards/new/"
    made = client.post(new, {"code": "ZJ-2027", "name": "新表", "total": "10"})
    draft = CardVersion.objects.get(card__code="ZJ-2027")
    assert (made.status_code, made["Location"]) == (302, f"/inspections/cards/versions/{draft.pk}/edit/")
    assert (
        "代码 zj-2027 已有评分表" in client.post(new, {"code": "zj-2027", "name": "又", "total": "1"}).content.decode()
    )
    assert CardVersion.objects.filter(card__code__iexact="zj-2027").count() == 1
    address = made["Location"]
    assert "评分表里至少要有一个评分组" in client.get(address).content.decode()
    assert client.post(address, {"new_group": "环境", "new_group_code": "A1"})["Location"] == f"{address}?g=0"
    client.post(f"{address}?g=0", {"g0.max": "10", "g0.new": "地面干净"})
    part = {"g0.i0.min": "10", "g0.i0.max": "10", "g0.i0.checks": "无污渍\n门口防滑 | 冬季", "g0.i0.evidence": "faults"}
    client.post(f"{address}?g=0", part | {"g0.i0.phrases": "门口有积水", "publish": "yes"})
    draft.refresh_from_db()
    assert (draft.state, draft.content["groups"][0]["items"]) == (
        "published",
        [
            {
                "code": "A1.1", "name": "地面干净", "points_min": 10, "points_max": 10, "unit": "item",
                "checks": [{"text": "无污渍"}, {"text": "门口防滑", "when": [{"season": "winter"}]}],
                "photo": "optional", "phrases": ["门口有积水"], "evidence": "faults",
            }
        ],
    )  # fmt: skip
    for odd in ("?g=9", "?g=-1", "?g=x", f"?g={'9' * 30}"):
        assert client.get(f"{address}{odd}").status_code == 302  # published: shown, not edited


def test_the_proof_of_an_action_is_shown_to_those_who_see_it(hall, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hand_in(make_visit(hall), "A1.9")
    action = CorrectiveAction.objects.get()
    manager = signed_in(make_user(role=Role.HALL_MANAGER, hall=hall))
    address = f"/inspections/actions/{action.pk}/"
    assert manager.get(f"{address}photo/").status_code == 404
    picture = SimpleUploadedFile("a.png", png(400, 300), "image/png")
    manager.post(f"{address}change/", {"proof": "已修剪", "photo": picture})
    assert f'src="{address}photo/"' in manager.get(address).content.decode()
    shown = manager.get(f"{address}photo/")
    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == ("image/png", png(400, 300))
    stranger = signed_in(make_user(role=Role.HALL_MANAGER, hall=make_hall("ZJ02")))
    assert stranger.get(f"{address}photo/").status_code == 404


def test_a_hall_without_manager_is_put_right_by_the_district(hall):
    district, clerk = make_user(role=Role.DISTRICT, region=hall.region), make_user(role=Role.CLERK, hall=hall)
    hand_in(make_visit(hall), "A1.9", "A1.8")
    mine, other = CorrectiveAction.objects.order_by("pk")
    client, page = signed_in(district), f"/inspections/actions/{mine.pk}/"
    assert clerk.name in client.get(page).content.decode()
    assert client.post(f"{page}change/", {"proof": "已修剪"}).status_code == 302
    due = f"{mine.due_on:%Y-%m-%d}"
    client.post(f"/inspections/actions/{other.pk}/change/", {"owner": clerk.staff_no, "due_on": due})
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.owner) == ("recheck", clerk)


def test_the_question_bank_is_kept_in_the_settings(hall):
    business, client = make_business("payment"), signed_in(make_owner())
    page = "/admin/inspections/question/add/"
    form = {"business": business.pk, "text": "如何办理?", "points": "生效时间 3\n费用 9", "valid_from": "2026-01-01"}
    assert "价格为 3、4 或 5 分" in client.post(page, form).content.decode()
    assert Question.objects.count() == 0
    assert client.post(page, form | {"points": "生效时间 3\n每月 费用 5 分"}).status_code == 302
    row = Question.objects.get()
    assert row.points == [{"text": "生效时间", "price": 3}, {"text": "每月 费用", "price": 5}]
    change = f"/admin/inspections/question/{row.pk}/change/"
    assert "每月 费用 5</textarea>" in client.get(change).content.decode()
    AskedQuestion.objects.create(visit=make_visit(hall), question=row, order=0)
    client.post(change, form | {"text": "别的", "points": "别的 4", "valid_to": "2026-12-31"})
    row.refresh_from_db()
    assert (row.text, row.points[0]["text"], str(row.valid_to)) == ("如何办理?", "生效时间", "2026-12-31")


def test_an_auditor_with_a_visit_of_ones_own_still_sees_those_of_others(hall):
    """A double visit is hidden from its other half only."""
    one, two = make_auditor(), make_auditor()
    over = hand_in(make_visit(hall, one), "A1.9")
    make_visit(hall, two)
    assert list(Visit.objects.visible_to(two).filter(auditor=one)) == [over]
    make_visit(hall, two, second_of=over)
    assert list(Visit.objects.visible_to(two).filter(auditor=one)) == []
    assert over in Visit.objects.visible_to(make_user(role=Role.DISTRICT, region=hall.region))
