"""Which businesses a number stands for."""

from halls.models import BusinessType
from queueing.models import Ticket


def businesses_of(ticket: Ticket) -> list[BusinessType]:
    """The number's own business, then what was added, in the order of adding."""
    more = [row.business for row in ticket.more_businesses.select_related("business").order_by("id")]
    return ([ticket.business] if ticket.business else []) + more
