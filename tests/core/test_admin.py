"""The settings pages: every one opens, every change is on record, and what must not be edited cannot be."""

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse

from core import time
from core.models import Parameter, SettingChange
from halls.models import BusinessGroup, CalendarDay, Hall, Window
from loyalty.models import Customer
from queueing.models import Ticket, WindowSession
from staff.models import Employment, User
from staff.states import Role
from tests.core.test_pages import inline_parts
from tests.factories import (
    PASSWORD,
    make_business,
    make_customer,
    make_device,
    make_hall,
    make_owner,
    make_session,
    make_ticket,
    make_user,
)

pytestmark = pytest.mark.django_db
OURS = {"core", "halls", "staff", "loyalty", "queueing", "complaints", "messaging", "inspections"}
MODELS = sorted((model for model in admin.site._registry if model._meta.app_label in OURS), key=lambda m: m._meta.label)


@pytest.fixture
def city():
    hall = make_hall()
    clerk = make_user("01001", Role.CLERK, hall, name="小李")
    make_session(hall.windows.first(), clerk)
    make_ticket(hall, "called", phone="13800000001")
    make_device(hall)
    make_customer()
    return hall


@pytest.fixture
def owner(client):
    person = make_owner()
    client.force_login(person)
    return person


def records():
    rows = SettingChange.objects.order_by("id")
    return list(rows.values_list("thing", "label", "field", "before", "after"))


def test_only_our_models_are_in_the_settings():
    assert {model._meta.app_label for model in admin.site._registry} == OURS


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_list_add_and_change_pages_open_clean_and_in_chinese(client, owner, city, model):
    pages = [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")]
    if admin.site._registry[model].has_add_permission(_request(owner)):
        pages.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"))
    if row := model._default_manager.first():
        pages.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk]))
    pages.append(pages[0] + "?q=1")

    for page in pages:
        response = client.get(page)
        assert (page, response.status_code) == (page, 200)
        assert (page, inline_parts(response.content.decode())) == (page, [])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in model._meta.verbose_name)


def _request(user):
    from django.test import RequestFactory

    request = RequestFactory().get("/admin/")
    request.user = user
    return request


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OPERATIONS])
def test_nobody_else_gets_into_the_settings(client, city, role):
    client.force_login(make_user("01009", role, city))

    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/halls/hall/").status_code == 302


@pytest.mark.parametrize("model", [Ticket, WindowSession, SettingChange])
def test_history_cannot_be_edited(client, owner, city, model):
    SettingChange.objects.create(actor=owner, thing="x", thing_id="1", label="x", field="x")
    row = model._default_manager.first()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    assert client.get(reverse(f"{name}_add")).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse(f"{name}_change", args=[row.pk]), {"state": "done"}).status_code == 403
    assert client.get(reverse(f"{name}_changelist")).status_code == 200


# ---- on record -------------------------------------------------------------------------------------------------


def form_of(client, page) -> dict[str, str]:
    """What a browser would send back: the values of the page's form as they are."""
    from html.parser import HTMLParser

    sent: dict[str, object] = {}

    class Fields(HTMLParser):
        select = ""
        area = ""

        def handle_starttag(self, tag, attrs):
            got = dict(attrs)
            if tag == "input" and got.get("name") and got.get("type") not in {"submit", "checkbox", "file"}:
                sent[got["name"]] = got.get("value") or ""
            elif tag == "input" and got.get("type") == "checkbox" and "checked" in got:
                sent[got["name"]] = got.get("value") or "on"
            elif tag == "select":
                self.select = got.get("name") or ""
            elif tag == "option" and "selected" in got and self.select:
                sent.setdefault(self.select, [])
                sent[self.select].append(got.get("value") or "")
            elif tag == "textarea":
                sent.setdefault(got.get("name") or "", "")

    Fields().feed(client.get(page).content.decode())
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


def test_a_changed_hall_and_its_rows_are_on_record_in_words(client, owner, city):
    page = reverse("admin:halls_hall_change", args=[city.pk])
    form = form_of(client, page)
    form |= {"queue_mode": "line", "windows-0-name": "综合业务", "weekly_hours-6-DELETE": "on"}

    assert client.post(page, form).status_code == 302

    assert Hall.objects.get().queue_mode == "line"
    first = Window.objects.get(number=1)
    assert records() == [
        ("halls.Hall", city.name, "排队方式", "排队机", "一米线"),
        ("halls.OpeningHours", "周日 00:00–24:00", "删除", "周日 00:00–24:00", ""),
        ("halls.Window", str(first), "名称", "", "综合业务"),
    ]


def test_a_new_parameter_is_checked_and_on_record(client, owner):
    page = reverse("admin:core_parameter_add")
    today = time.business_day(time.now()).isoformat()
    form = {"name": "staff.idle_minutes", "scope": "", "value": "0", "valid_from": today, "note": ""}

    assert "应为 1–480 的整数" in client.post(page, form).content.decode()
    assert Parameter.objects.count() == 0
    assert client.post(page, form | {"value": "20"}).status_code == 302
    assert Parameter.objects.get().value == 20
    assert [(thing, field) for thing, _, field, _, _ in records()] == [("core.Parameter", "新增")]


def test_a_deleted_row_is_on_record(client, owner):
    day = CalendarDay.objects.create(day="2026-01-01", kind="holiday", name="元旦")
    client.post(reverse("admin:halls_calendarday_delete", args=[day.pk]), {"post": "yes"})

    assert records() == [("halls.CalendarDay", "2026-01-01 元旦", "删除", "2026-01-01 元旦", "")]


def test_an_unknown_year_is_said_until_it_is_entered(client, owner):
    with time_machine.travel("2026-10-31T04:00:00Z", tick=False):
        client.force_login(owner)
        assert "2026 年的节假日与调休还没有录入" in client.get("/admin/").content.decode()
        CalendarDay.objects.create(day="2026-01-01", kind="holiday", name="元旦")
        assert "还没有录入" not in client.get("/admin/").content.decode()
    with time_machine.travel("2026-11-01T04:00:00Z", tick=False):
        client.force_login(owner)
        assert "2027 年的节假日与调休还没有录入" in client.get("/admin/").content.decode()


# ---- groups ----------------------------------------------------------------------------------------------------


def group_form(hall, businesses, **more):
    return {
        "hall": hall.pk,
        "code": "new",
        "name": "新组",
        "letter": "C",
        "order": "9",
        "is_active": "on",
        "businesses": [one.pk for one in businesses],
        **more,
    }


def test_a_business_is_in_one_active_group_of_a_hall(client, owner, city):
    page = reverse("admin:halls_businessgroup_add")
    payment = make_business("payment")

    said = client.post(page, group_form(city, [payment])).content.decode()
    assert "已在取号分组「交费充值」里" in said
    assert BusinessGroup.objects.count() == 2

    city.groups.filter(code="payment").update(is_active=False)
    assert client.post(page, group_form(city, [payment])).status_code == 302


def test_the_same_business_may_be_in_groups_of_two_halls(client, owner, city):
    other = make_hall("ZJ05", windows=0, groups=False)
    form = group_form(other, [make_business("payment")])

    assert client.post(reverse("admin:halls_businessgroup_add"), form).status_code == 302


@pytest.mark.parametrize("letter", ["G", "V", "a", "AB", "1"])
def test_letters_of_classes_are_taken(client, owner, city, letter):
    form = group_form(city, [make_business("invoice")], letter=letter)

    assert client.post(reverse("admin:halls_businessgroup_add"), form).status_code == 200
    assert BusinessGroup.objects.count() == 2


def test_a_hall_has_eight_active_groups_at_most(client, owner):
    hall = make_hall(windows=0)
    for number in range(6):
        BusinessGroup.objects.create(hall=hall, code=f"g{number}", name=f"组{number}", letter="C")
    form = group_form(hall, [make_business("invoice")])

    assert "最多 8 个取号分组" in client.post(reverse("admin:halls_businessgroup_add"), form).content.decode()
    assert client.post(reverse("admin:halls_businessgroup_add"), form | {"is_active": ""}).status_code == 302


# ---- people and customers --------------------------------------------------------------------------------------

JOBS = {"employments-TOTAL_FORMS": "0", "employments-INITIAL_FORMS": "0"}


def test_a_new_person_gets_a_temporary_password(client, owner, city):
    form = {"staff_no": "01002", "name": "周敏", "is_active": "on", "new_password": "Temporary-1x", **JOBS}
    form |= {
        "employments-TOTAL_FORMS": "1",
        "employments-0-role": "clerk",
        "employments-0-kind": "regular",
        "employments-0-hall": city.pk,
        "employments-0-valid_from": "2026-01-01",
    }

    assert client.post(reverse("admin:staff_user_add"), form).status_code == 302

    person = User.objects.get(staff_no="01002")
    assert (person.check_password("Temporary-1x"), person.must_change_password) == (True, True)
    assert person.employments.get().hall == city
    assert "Temporary" not in str(records())


@pytest.mark.parametrize("password", ["", "short", "1234567890123"])
def test_a_person_without_a_good_password_is_not_added(client, owner, password):
    form = {"staff_no": "01002", "name": "周敏", "is_active": "on", "new_password": password, **JOBS}

    assert client.post(reverse("admin:staff_user_add"), form).status_code == 200
    assert User.objects.count() == 1


def test_editing_a_person_keeps_the_password(client, owner, city):
    li = User.objects.get(staff_no="01001")
    page = reverse("admin:staff_user_change", args=[li.pk])

    assert client.post(page, form_of(client, page) | {"name": "李晓雯"}).status_code == 302
    li.refresh_from_db()
    assert (li.name, li.check_password(PASSWORD), li.must_change_password) == ("李晓雯", True, False)
    assert records() == [("staff.User", "李晓雯 01001", "姓名", "小李", "李晓雯")]


def test_operations_can_neither_make_nor_change_an_owner(client, owner, city):
    boss = make_user("90001", Role.OPERATIONS, city)
    client.force_login(boss)
    page = reverse("admin:staff_user_change", args=[boss.pk])

    client.post(page, form_of(client, page) | {"is_superuser": "on"})
    boss.refresh_from_db()
    assert boss.is_superuser is False
    theirs = reverse("admin:staff_user_change", args=[owner.pk])
    assert client.post(theirs, {"staff_no": "OWNER1", "name": "x", **JOBS}).status_code == 403


def test_nobody_is_deleted(client, owner, city):
    li = User.objects.get(staff_no="01001")
    assert client.post(reverse("admin:staff_user_delete", args=[li.pk]), {"post": "yes"}).status_code == 403


def test_two_jobs_of_one_kind_do_not_overlap(client, owner, city):
    li = User.objects.get(staff_no="01001")
    form = {"user": li.pk, "role": "clerk", "hall": city.pk, "region": "", "valid_from": "2026-01-01"}

    assert "起止日期不能重叠" in client.post(reverse("admin:staff_employment_add"), form).content.decode()
    assert Employment.objects.count() == 1


@pytest.mark.parametrize("where", ["both", "neither"])
def test_a_job_is_at_a_hall_or_in_a_region(client, owner, city, where):
    li = User.objects.get(staff_no="01001")
    form = {"user": li.pk, "role": "greeter", "hall": "", "region": "", "valid_from": "2026-01-01"}
    if where == "both":
        form |= {"hall": city.pk, "region": city.region_id}

    assert "两者选一" in client.post(reverse("admin:staff_employment_add"), form).content.decode()


def test_a_customers_phone_is_masked_and_found_whole_only(client, owner, city):
    page = reverse("admin:loyalty_customer_changelist")
    change = reverse("admin:loyalty_customer_change", args=[Customer.objects.get().pk])

    assert "138****0001" in client.get(f"{page}?q=13800000001").content.decode()
    assert "138****0001" not in client.get(f"{page}?q=1380000").content.decode()
    assert "13800000001" not in client.get(change).content.decode()
    ticket = reverse("admin:queueing_ticket_change", args=[Ticket.objects.get().pk])
    assert "13800000001" not in client.get(ticket).content.decode()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_an_empty_form_is_refused_with_sentences_and_changes_nothing(client, owner, model):
    if not admin.site._registry[model].has_add_permission(_request(owner)):
        return
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    form = {name: value for name, value in form_of(client, page).items() if "_FORMS" in name}
    before = model._default_manager.count()

    response = client.post(page, form)

    assert response.status_code == 200
    assert response.context["errors"]
    assert model._default_manager.count() == before
