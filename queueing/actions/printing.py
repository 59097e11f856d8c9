"""Paper asked for on a tablet and printed by the hall's kiosk, which comes and fetches it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core.errors import Refused
from halls.models import BusinessType, Device, Hall
from halls.queries import device_state
from halls.queries import number as parameter
from halls.rules import DEVICE_SILENT_MINUTES
from halls.states import DeviceKind, DeviceState
from queueing import live
from queueing.actions.floor import person_of
from queueing.actions.moves import Actor, locked
from queueing.models import PrintJob, Ticket
from queueing.queries.checklists import to_bring
from queueing.rules import printing as rules
from queueing.states import JobKind

NOT_READY = {
    DeviceState.PAPER_OUT: ("printer_paper_out", "取号机缺纸,暂不能打印。请换纸,或用短信发送。"),
    DeviceState.SILENT: ("printer_silent", "取号机没有联网,暂不能打印。请查看取号机,或用短信发送。"),
}
NO_PRINTER = ("no_printer", "本厅没有可打印的取号机。请用短信发送,或请客户扫码。")


def check_printer(hall: Hall, now: datetime) -> None:
    """Raises Refused when no kiosk of the hall would print: none there, silent, or out of paper."""
    minutes = parameter(DEVICE_SILENT_MINUTES, hall, now)
    kiosks = Device.objects.filter(hall=hall, kind=DeviceKind.KIOSK, revoked_at=None)
    states = {device_state(kiosk, now, minutes) for kiosk in kiosks}
    if DeviceState.ONLINE not in states:
        raise Refused(*next((NOT_READY[state] for state in NOT_READY if state in states), NO_PRINTER))


@transaction.atomic
def print_slip(ticket_id: UUID, *, actor: Actor, now: datetime) -> PrintJob:
    """A number's slip once more. Raises Refused: bad_move, no_printer, printer_silent, printer_paper_out."""
    ticket = locked(ticket_id)
    if not ticket.is_active:
        raise Refused("bad_move", f"{ticket.number} 现在是「{ticket.get_state_display()}」,不用再打印。")
    return _ask(ticket.hall, JobKind.SLIP, ticket.about, ticket=ticket, actor=actor, now=now)


@transaction.atomic
def print_list(
    hall: Hall, business: BusinessType, *, ticket: Ticket | None = None, actor: Actor, now: datetime
) -> PrintJob:
    """The one-time list of what to bring. Raises Refused: no_printer, printer_silent, printer_paper_out."""
    lines = to_bring(business)
    return _ask(hall, JobKind.LIST, business.name, ticket=ticket, lines=lines, actor=actor, now=now)


def _ask(
    hall: Hall,
    kind: JobKind,
    title: str,
    *,
    ticket: Ticket | None,
    actor: Actor,
    now: datetime,
    lines: list[str] | None = None,
) -> PrintJob:
    check_printer(hall, now)
    job = PrintJob.objects.create(
        hall=hall, kind=kind, ticket=ticket, title=title, lines=lines or [], asked_by=person_of(actor), asked_at=now
    )
    live.floor_changed(hall, "print.asked", job.pk)
    return job


@transaction.atomic
def claim_print(device: Device, now: datetime) -> PrintJob | None:
    """The oldest job of the kiosk's hall that is of use still; no other kiosk gets it unless this one breaks down."""
    fresh = now - timedelta(minutes=parameter(rules.PRINT_MINUTES, device.hall, now))
    free = Q(claimed_at=None) | Q(claimed_at__lte=now - rules.CLAIM_AGAIN)
    jobs = PrintJob.objects.filter(free, hall_id=device.hall_id, printed_at=None, asked_at__gte=fresh)
    job = jobs.select_for_update(skip_locked=True, of=("self",)).select_related("ticket").order_by("asked_at").first()
    if job is not None:
        job.claimed_at, job.device = now, device
        job.save(update_fields=["claimed_at", "device"])
    return job


@transaction.atomic
def printed(job_id: int, device: Device, now: datetime) -> PrintJob:
    """The kiosk has printed it; said twice it changes nothing. Raises Refused("not_claimed")."""
    job = PrintJob.objects.select_for_update(of=("self",)).select_related("hall").get(pk=job_id, hall=device.hall_id)
    if job.device_id != device.pk:
        raise Refused("not_claimed", "这项打印任务由另一台取号机处理。")
    if job.printed_at is None:
        job.printed_at = now
        job.save(update_fields=["printed_at"])
        live.floor_changed(job.hall, "print.done", job.pk)
    return job
