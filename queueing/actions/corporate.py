"""A member of a corporate customer has taken a number: who looks after the company is told."""

from django.urls import reverse

from halls.models import Hall
from loyalty.queries.corporate import group_of
from messaging import actions as messages
from messaging.states import MessageKind
from queueing.models import Ticket


def tell_manager(ticket: Ticket, hall: Hall) -> None:
    """In the transaction of the number; once per number, and never for a simulated one."""
    if ticket.customer_id is None or ticket.is_simulated:
        return
    group = group_of(ticket.customer_id)
    if group is None or group.manager is None:
        return
    messages.notify(
        [group.manager],
        title=f"{group.name}的客户到{hall.name}",
        body=f"号码 {ticket.number},{ticket.about},请安排接待。",
        url=reverse("corporate-group", args=[group.pk]),
        key=f"corporate:{ticket.pk}",
    )
    if group.manager.phone:
        messages.send_sms(
            group.manager.phone,
            template="corporate_arrived",
            context={"group": group.name, "hall": hall.name, "number": ticket.number},
            kind=MessageKind.STAFF_ALERT,
            key=f"corporate:{ticket.pk}",
            hall=hall.code,
        )
