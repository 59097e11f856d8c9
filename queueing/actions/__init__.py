"""Changes to the queue, by noun: `taking`, `calls`, `tickets`, `undo`, `windows`, `floor`, `door`, `sweeps`."""

from queueing.actions.appointments import Booking, book, cancel_appointment, check_in, find_appointment
from queueing.actions.businesses import add_business, drop_business
from queueing.actions.calls import call_chosen, call_next, serve_next_in_line
from queueing.actions.door import change_business, come_back, set_aside, set_aside_new, swap, text_list
from queueing.actions.floor import declare_vip, give_care, look_after, receive_vip, record_visit, undo_visit
from queueing.actions.issuing import lift_stop, stop_group
from queueing.actions.moves import Actor
from queueing.actions.notes import Note, note
from queueing.actions.papers import Errand, send_for_papers
from queueing.actions.posts import leave_post, stand_at
from queueing.actions.preacceptance import Form, fill
from queueing.actions.printing import claim_print, print_list, print_slip, printed
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
    "Errand",
    "Form",
    "Note",
    "Target",
    "Wish",
    "add_business",
    "add_to_line",
    "book",
    "call_chosen",
    "call_next",
    "cancel",
    "cancel_appointment",
    "change_business",
    "check_in",
    "claim_print",
    "come_back",
    "declare_vip",
    "drop_business",
    "explain_low_rating",
    "fill",
    "find_appointment",
    "finish",
    "give_care",
    "hold",
    "leave_post",
    "lift_stop",
    "look_after",
    "mark_no_show",
    "note",
    "note_call",
    "patience_until",
    "pause",
    "pause_anyway",
    "print_list",
    "print_slip",
    "printed",
    "rate",
    "recall",
    "receive_vip",
    "record_visit",
    "requeue",
    "resume",
    "resume_window",
    "reveal_phone",
    "send_for_papers",
    "serve_next_in_line",
    "set_aside",
    "set_aside_new",
    "sign_in",
    "sign_out",
    "sign_out_for",
    "stand_at",
    "start",
    "stop_group",
    "swap",
    "take_from_line",
    "take_number",
    "text_list",
    "transfer",
    "undo",
    "undo_last",
    "undo_visit",
]
