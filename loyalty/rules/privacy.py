"""Who may look at a whole number, and which look is unusual (R-H-18, R-C-21, R-S-24)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import parameters
from core.errors import Refused
from loyalty.states import CHOSEN_REASONS, Evidence, GroundKind, Oddity, RevealReason

FINDS_A_MINUTE = parameters.register(
    "loyalty.finds_a_minute", "每人每分钟按号码查询", default=10, unit="次", between=(1, 600)
)
LOOKS_AN_HOUR = parameters.register(
    "loyalty.looks_an_hour", "每人每小时查看完整号码", default=15, unit="次", between=(1, 1000)
)
CARD_HOURS = parameters.register("loyalty.card_hours", "查询后可再打开客户页", default=10, unit="小时", between=(1, 72))
LETTER_HOURS = parameters.register(
    "loyalty.letter_hours", "公函确认后可查看", default=24, unit="小时", between=(1, 240)
)
DAY_FROM = parameters.register("loyalty.office_from_hour", "厅外人员工作时间起", default=7, unit="时", between=(0, 23))
DAY_UNTIL = parameters.register(
    "loyalty.office_until_hour", "厅外人员工作时间止", default=22, unit="时", between=(1, 24)
)

HOUR = timedelta(hours=1)
NOTE_LENGTH = 80
REFERENCE_LENGTH = 60
ORAL = "oral"


@dataclass(frozen=True)
class Ground:
    """Why a clerk has to do with a customer just now: an open number or complaint.

    `is_served_here`: the customer stands at this person's own window. `hall_id`: where that is, if anywhere.
    """

    kind: GroundKind
    reference: str
    is_served_here: bool = False
    hall_id: int | None = None

    @property
    def text(self) -> str:
        return f"{self.kind.label} {self.reference}"


def reason_for(reason: str, note: str, *, at_window: bool) -> tuple[str, str]:
    """The reason and words to be kept. Raises Refused("reason_needed" | "note_needed").

    Free text belongs to 其他 only; the customer at one's own window needs no reason.
    """
    words = " ".join(note.split())[:NOTE_LENGTH]
    if not reason and at_window:
        return RevealReason.AT_WINDOW, ""
    if reason not in CHOSEN_REASONS:
        raise Refused("reason_needed", "请选择查看完整号码的原因。")
    if reason != RevealReason.OTHER:
        return reason, ""
    if len(words) < 4:
        raise Refused("note_needed", "选择「其他」时,请用几个字写明原因。")
    return reason, words


def check_grounds(reason: str, grounds: Collection[Ground], *, needs_one: bool, has_letter: bool) -> Ground | None:
    """The open number or complaint that a look rests on. Raises Refused("letter_needed" | "ground_needed").

    The customer at the window comes first. By law needs a confirmed letter instead, of anybody.
    """
    best = min(grounds, key=lambda one: not one.is_served_here, default=None)
    if reason == RevealReason.BY_LAW:
        if not has_letter:
            raise Refused("letter_needed", "依法查询须先登记公函编号,并由另一人确认。")
        return best
    if best is None and needs_one:
        raise Refused("ground_needed", "该客户当前没有号码或投诉在办,不能查看完整号码。如工作需要,请联系值班经理。")
    return best


def oddities(
    *, looks: int, limit: int, is_on_shift: bool, is_colleague: bool, is_vip_without_need: bool
) -> list[Oddity]:
    """What is unusual about a look; `looks` counts those of the last hour with this one."""
    found = {
        Oddity.OFTEN: looks > limit,
        Oddity.OFF_SHIFT: not is_on_shift,
        Oddity.COLLEAGUE: is_colleague,
        Oddity.VIP: is_vip_without_need,
    }
    return [oddity for oddity, is_so in found.items() if is_so]


def is_office_hour(hour: int, *, since: int, until: int) -> bool:
    """For people who have no shift at a hall."""
    return since <= hour < until


def check_evidence(kind: str, reference: str) -> str:
    """The reference to be kept. Raises Refused("oral_is_no_consent" | "bad_evidence" | "reference_needed") (R-S-24)."""
    if kind == ORAL:
        raise Refused("oral_is_no_consent", "客户口头同意不算确认,请取得书面、短信、网站或 WAP 确认后再登记。")
    if kind not in Evidence.values:
        raise Refused("bad_evidence", "请选择客户确认的方式:书面、短信、网站或 WAP。")
    words = " ".join(reference.split())[:REFERENCE_LENGTH]
    if len(words) < 4:
        raise Refused("reference_needed", "请填写确认凭证的编号,如受理单号或短信流水号。")
    return words


def check_letter(authority: str, letter_no: str, purpose: str) -> tuple[str, str, str]:
    """Authority, letter number and purpose, tidied. Raises Refused("letter_incomplete") (R-C-21)."""
    tidy = tuple(" ".join(part.split())[:REFERENCE_LENGTH] for part in (authority, letter_no, purpose))
    if any(len(part) < 2 for part in tidy):
        raise Refused("letter_incomplete", "请填写来函单位、公函编号和用途。")
    return tidy[0], tidy[1], tidy[2]


def letter_holds(confirmed_at: datetime | None, now: datetime, *, hours: int) -> bool:
    """Whether a confirmed letter still opens a number."""
    return confirmed_at is not None and confirmed_at <= now < confirmed_at + hours * HOUR


def masked_name(name: str) -> str:
    """`王**`: the family name, as a clerk calls somebody up; the rest is hidden (R-H-18)."""
    return name[:1] + "*" * (len(name) - 1)
