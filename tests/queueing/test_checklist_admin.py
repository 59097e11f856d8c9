"""Managers edit what a business asks for; every change goes on record."""

from typing import Any

import pytest
from django.test import Client

from core.models import SettingChange
from halls.models import Hall
from queueing.models import Checklist
from queueing.states import ItemKind
from tests.factories import make_business, make_owner, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist() -> Checklist:
    checklist = Checklist.objects.create(business=make_business("sim_replace"), information_needed=1)
    checklist.items.create(text="本人证件", kind=ItemKind.DOCUMENT, order=1)
    checklist.items.create(text="客户姓名", kind=ItemKind.INFORMATION, order=1)
    return checklist


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(make_owner())
    return client


def save(client: Client, checklist: Checklist, *, needed: int, text: str) -> Any:
    items = list(checklist.items.order_by("kind", "order", "id"))
    body: dict[str, Any] = {
        "business": checklist.business_id,
        "information_needed": needed,
        "items-TOTAL_FORMS": len(items),
        "items-INITIAL_FORMS": len(items),
    }
    for place, item in enumerate(items):
        row = {"id": item.pk, "checklist": checklist.pk, "kind": item.kind, "order": item.order, "is_active": "on"}
        body |= {f"items-{place}-{name}": value for name, value in row.items()}
        body[f"items-{place}-text"] = text if item.kind == ItemKind.INFORMATION else item.text
    return client.post(f"/admin/queueing/checklist/{checklist.pk}/change/", body)


def test_a_line_is_changed_and_the_change_is_on_record(office: Client, checklist: Checklist) -> None:
    assert save(office, checklist, needed=1, text="证件号码").status_code == 302
    assert checklist.items.get(kind=ItemKind.INFORMATION).text == "证件号码"
    change = SettingChange.objects.get()
    assert (change.before, change.after) == ("客户姓名", "证件号码")
    assert office.get("/admin/queueing/checklist/").status_code == 200


def test_no_more_is_asked_for_than_the_list_has(office: Client, checklist: Checklist) -> None:
    refused = save(office, checklist, needed=2, text="证件号码")
    assert refused.status_code == 200
    assert "核对信息至少 2 项,清单里在用的只有 1 项" in refused.content.decode()
    checklist.refresh_from_db()
    assert (checklist.information_needed, SettingChange.objects.count()) == (1, 0)


def test_a_clerk_does_not_edit_it(hall: Hall, checklist: Checklist) -> None:
    client = Client()
    client.force_login(make_user("09002", "clerk", hall))
    assert client.get(f"/admin/queueing/checklist/{checklist.pk}/change/").status_code == 302
    assert checklist.items.get(kind=ItemKind.INFORMATION).text == "客户姓名"
