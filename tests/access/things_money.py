"""What stands in the addresses of complaints, handovers, money and stock."""

from typing import Any

from core.time import now
from halls.models import Hall
from staff.models import User
from tests.access.things import colleague, days, thing
from tests.factories import make_user

# ---- complaints ------------------------------------------------------------------------------------------------


def _case(hall: Hall) -> Any:
    """Logged by nobody: what one may do with it comes from rights only."""
    from complaints.actions.cases import Report, log

    return log(Report(hall=hall, content="多收费"), person=None, now=now())


@thing("complaint")
def _complaint(hall: Hall, person: User) -> dict[str, Any]:
    one = _case(hall)
    return {"number": one.number, "token": one.token}


@thing("complaint-file")
def _complaint_file(hall: Hall, person: User) -> dict[str, Any]:
    from django.core.files.base import ContentFile

    from complaints.models import Attachment

    one = _case(hall)
    row = Attachment(complaint=one, name="a.pdf", kind="pdf", size=1, digest="x", added_at=now())
    row.file.save("a.pdf", ContentFile(b"%PDF-"), save=True)
    return {"number": one.number, "key": row.key}


@thing("refund")
def _refund(hall: Hall, person: User) -> dict[str, Any]:
    from decimal import Decimal

    from complaints.actions.refunds import Claim, ask_refund

    row = ask_refund(_case(hall).pk, Claim("流量", Decimal(30), Decimal(10)), person=make_user(hall=hall), now=now())
    return {"pk": row.pk}


@thing("compensation")
def _compensation(hall: Hall, person: User) -> dict[str, Any]:
    from decimal import Decimal

    from complaints.actions.compensation import Offer, ask_unprompted

    offer = Offer(Decimal(10), Decimal(10), "话费", "系统故障")
    return {"pk": ask_unprompted(hall, "13800000001", offer, person=make_user(hall=hall), now=now()).pk}


# ---- handover, money, stock --------------------------------------------------------------------------------------


def _handover_of(hall: Hall, person: User) -> int:
    from staff.models import Handover

    row = Handover.objects.create(
        hall=hall,
        window=hall.windows.order_by("number").first(),
        day=days(0),
        state="cancelled",
        giver=colleague(hall),
        opened_at=now(),
        revealed_at=now(),
    )
    return row.pk


@thing("handover")
def _handover(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": _handover_of(hall, person)}


@thing("api-handover")
def _api_handover(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _handover_of(hall, person)}


@thing("cash-slip")
def _cash_slip(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import CashUp

    row = CashUp.objects.create(
        number=f"{hall.code}-{CashUp.objects.count()}",
        hall=hall,
        day=days(0),
        clerk=person,
        cash=100,
        stubs=100,
        counted_at=now(),
    )
    return {"code": hall.code, "pk": row.pk}


@thing("bag")
def _bag(hall: Hall, person: User) -> dict[str, Any]:
    who = {"packed_by": person, "witness": colleague(hall)}
    row = hall.deposits.create(day=days(0), bag=f"B{hall.deposits.count()}", cash=100, packed_at=now(), **who)
    return {"code": hall.code, "pk": row.pk}


@thing("difference")
def _difference(hall: Hall, person: User) -> dict[str, Any]:
    told = {"reason": "找零", "explained_by": person, "explained_at": now()}
    row = hall.differences.create(day=days(0), clerk=person, leg="cash", amount=5, found_at=now(), **told)
    return {"code": hall.code, "pk": row.pk}


def _transfer(sender: Hall, receiver: Hall, person: User) -> int:
    from staff.models import StockItem, StockTransfer

    item, _ = StockItem.objects.get_or_create(code="sim", defaults={"name": "白卡", "kind": "sim", "unit": "张"})
    return StockTransfer.objects.create(
        item=item, quantity=1, from_hall=sender, to_hall=receiver, sent_by=person, sent_at=now()
    ).pk


@thing("transfer-here")
def _transfer_here(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": _transfer(_third_hall(), hall, person)}


@thing("transfer-away")
def _transfer_away(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "pk": _transfer(hall, _third_hall(), person)}


def _third_hall() -> Hall:
    from tests.factories import make_hall

    return Hall.objects.filter(code="ZJ99").first() or make_hall("ZJ99", windows=0, groups=False)
