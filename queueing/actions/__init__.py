"""Changes to the queue, by noun: `taking`, `calls`, `tickets`, `undo`, `windows`, `sweeps`."""

from queueing.actions.appointments import Booking, book, cancel_appointment, check_in, find_appointment
from queueing.actions.calls import call_next, serve_next_in_line
from queueing.actions.issuing import lift_stop, stop_group
from queueing.actions.moves import Actor
from queueing.actions.ratings import explain_low_rating, note_call, reveal_phone
from queueing.actions.taking import Wish, add_to_line, take_from_line, take_number
from queueing.actions.tickets import (
    Target,
    cancel,
    finish,
    hold,
    mark_no_show,
    patience_until,
    rate,
    recall,
    requeue,
    resume,
    start,
    transfer,
)
from queueing.actions.undo import undo, undo_last
from queueing.actions.windows import pause, pause_anyway, resume_window, sign_in, sign_out, sign_out_for

__all__ = [
    "Actor",
    "Booking",
    "Target",
    "Wish",
    "add_to_line",
    "book",
    "call_next",
    "cancel",
    "cancel_appointment",
    "check_in",
    "explain_low_rating",
    "find_appointment",
    "finish",
    "hold",
    "lift_stop",
    "mark_no_show",
    "note_call",
    "patience_until",
    "pause",
    "pause_anyway",
    "rate",
    "recall",
    "requeue",
    "resume",
    "resume_window",
    "reveal_phone",
    "serve_next_in_line",
    "sign_in",
    "sign_out",
    "sign_out_for",
    "start",
    "stop_group",
    "take_from_line",
    "take_number",
    "transfer",
    "undo",
    "undo_last",
]
