"""Hall operations over HTTP: the same acts as on the pages, lists, and bad input."""

import pytest

from core import time
from halls.actions.first_lists import write_first_lists
from halls.models import Equipment, EquipmentKind, Fault, Incident, Material, SupplyRequest, UmbrellaLoan, Visitor
from staff.states import Role
from tests.factories import make_hall, make_user

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


@pytest.fixture
def hall():
    write_first_lists()
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def api(hall, client):
    """王经理 at the API."""
    client.force_login(make_user("01001", Role.DUTY_MANAGER, hall, name="王经理"))

    class Api:
        def get(self, path):
            answer = client.get(f"{BASE}{path}")
            return answer.status_code, answer.json()

        def post(self, path, **body):
            answer = client.post(f"{BASE}{path}", body, content_type="application/json")
            return answer.status_code, answer.json()

    return Api()


def test_a_check_is_begun_answered_and_finished(hall, api):
    status, due = api.get("/halls/ZJ01/checks/")
    patrol = next(one for one in due if one["kind"] == "convenience")
    status, row = api.post("/halls/ZJ01/rounds/", kind="convenience", slot=patrol["slot"])
    assert (status, [line["answer"] for line in row["lines"]]) == (201, [None] * 6)
    assert api.post(f"/rounds/{row['id']}/finish/")[1]["code"] == "unanswered"
    for line in row["lines"]:
        api.post(f"/rounds/{row['id']}/answers/", item=line["item"], answer="good")
    done = api.post(f"/rounds/{row['id']}/finish/")[1]
    assert {line["answer"] for line in done["lines"]} == {"good"} and done["finished_at"] is not None
    assert api.post(f"/rounds/{row['id']}/answers/", item=row["lines"][0]["item"], answer="bad")[0] == 409
    assert api.post(f"/rounds/{row['id']}/answers/", item=10**19, answer="good")[0] == 404
    assert api.get("/halls/ZJ01/checks/?day=1066-10-14")[0] == 400


def test_a_fault_goes_its_way(hall, api):
    thing = Equipment.objects.create(hall=hall, kind=EquipmentKind.objects.get(code="pos"), name="POS 1")
    status, fault = api.post("/halls/ZJ01/faults/", equipment=thing.pk, symptom="缺纸")
    assert (status, fault["state"], fault["is_late"]) == (201, "to_report", False)
    assert api.post("/halls/ZJ01/faults/", equipment=thing.pk, symptom="缺纸")[1]["code"] == "already_broken"
    assert api.get("/halls/ZJ01/equipment/")[1]["results"][0]["broken"] is True
    day = time.business_day(time.now()).isoformat()
    assert api.post(f"/faults/{fault['id']}/reported/", note="明天送纸", planned_on=day)[1]["state"] == "reported"
    assert api.post(f"/faults/{fault['id']}/accepted/")[1]["code"] == "bad_move"
    assert api.post(f"/faults/{fault['id']}/nonsense/")[0] == 404
    assert api.post(f"/faults/{fault['id']}/done/", cost="many")[0] == 400
    assert api.get("/halls/ZJ01/faults/?state=open")[1]["count"] == 1
    assert Fault.objects.get().plan == "明天送纸"


def test_an_incident_is_told_and_ended(hall, api):
    status, row = api.post("/halls/ZJ01/incidents/", kind="quarrel", text="插队争吵")
    assert (status, [one["whom"] for one in row["tells"]]) == (201, ["店长"])
    assert api.post(f"/incidents/{row['id']}/end/", measures="劝开了")[1]["code"] == "not_told"
    assert api.post(f"/incidents/told/{row['tells'][0]['id']}/")[1]["tells"][0]["told_at"] is not None
    assert api.post(f"/incidents/{row['id']}/end/", measures="劝开了")[1]["measures"] == "劝开了"
    assert (api.get("/halls/ZJ01/incidents/")[1]["count"], Incident.objects.count()) == (1, 1)


def test_materials_come_down(hall, api):
    today = time.business_day(time.now())
    row = Material.objects.create(
        hall=hall, kind="poster", carrier="poster", title="海报", place="入口", on_tv=False, valid_from=today,
        valid_to=today, made_by=make_user(role=None), made_at=time.now(),
    )  # fmt: skip
    assert [one["state"] for one in api.get("/halls/ZJ01/materials/")[1]["results"]] == ["last_day"]
    told = api.post(f"/halls/ZJ01/materials/{row.pk}/down/")[1]
    assert (told["state"], told["taken_down_by"]) == ("down", "王经理")
    assert api.get("/halls/ZJ01/materials/")[1]["count"] == 0
    assert api.get("/halls/ZJ01/materials/?state=all")[1]["count"] == 1
    assert api.post("/halls/ZJ01/materials/999999/down/")[0] == 404


def test_r_h_17_umbrellas_visitors_and_supplies(hall, api):
    day = time.business_day(time.now()).isoformat()
    loan = {"borrower": "陈先生", "phone": "13800000321", "due_on": day}
    status, row = api.post("/halls/ZJ01/loans/", **loan)
    assert (status, row["thing"], row["phone"]) == (201, "雨伞", "138****0321")
    assert api.post("/halls/ZJ01/loans/", **{**loan, "phone": "12"})[1]["code"] == "bad_phone"
    assert api.post(f"/loans/{row['id']}/return/")[1]["phone"] == ""
    assert UmbrellaLoan.objects.get().phone == ""

    status, row = api.post("/halls/ZJ01/visitors/", name="赵工", company="江东", purpose="检修")
    assert api.post(f"/visitors/{row['id']}/leave/")[1]["left_at"] is not None
    assert Visitor.objects.get().host.name == "王经理"

    status, row = api.post("/halls/ZJ01/supplies/", thing="纸卷", quantity=40, reason="月初")
    assert api.post(f"/supplies/{row['id']}/answer/", granted=40)[0] == 403
    assert SupplyRequest.objects.get().granted is None
    assert api.post("/halls/ZJ01/supplies/", thing="纸卷", quantity=0, reason="月初")[0] == 400


def test_r_h_5_a_stain_has_its_minutes(hall, api):
    row = api.post("/halls/ZJ01/stains/", place="休息区")[1]
    assert (row["minutes"], row["in_time"]) == (5, None)
    assert api.post("/halls/ZJ01/stains/", place="门口", relaxed=True)[1]["minutes"] == 10
    assert api.post(f"/stains/{row['id']}/clean/", by="孙阿姨")[1]["in_time"] is True
    assert api.post(f"/stains/{row['id']}/clean/", by="孙阿姨")[1]["code"] == "already_clean"


def test_a_stranger_finds_nothing_and_a_colleague_without_the_right_is_told_so(hall, client):
    client.force_login(make_user("09001", Role.CLERK, make_hall("ZJ02", windows=1)))
    assert client.get(f"{BASE}/halls/ZJ01/checks/").status_code == 404
    client.force_login(make_user("09002", Role.INSPECTOR, hall))
    assert client.get(f"{BASE}/halls/ZJ01/checks/").status_code == 403
