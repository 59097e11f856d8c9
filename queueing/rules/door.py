"""Pure decisions at the door: what is told and undone, what is filled in ahead. Its limits are in rules/floor.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.parameters import register
from queueing.states import Outcome

UNDO_SECONDS = register("queueing.visit_undo_seconds", "引导记录多久内可撤销", default=15, unit="秒", between=(5, 300))

SENT_ON = (Outcome.ANSWERED, Outcome.SELF_SERVICE, Outcome.E_CHANNEL)


def can_undo(at: datetime, now: datetime, *, seconds: int) -> bool:
    return now - at <= timedelta(seconds=seconds)


def diversion_share(sent_on: int, numbers: int) -> float | None:
    """R-Q-11: of all who came to the door, the share that needed no window; None on a day without anybody."""
    return sent_on / (sent_on + numbers) if sent_on + numbers else None


@dataclass(frozen=True)
class Filled:
    """What a pre-acceptance has, against what its business asks for."""

    documents: int
    documents_shown: int
    information_needed: int
    information_given: int
    needs_copy: bool
    copied: bool


def missing(filled: Filled) -> list[str]:
    """What keeps a pre-acceptance from being complete (R-Q-12; 补卡 asks for three of nine); nothing = complete."""
    lacking = []
    if filled.documents_shown < filled.documents:
        lacking.append(f"证件材料还差 {filled.documents - filled.documents_shown} 项")
    if filled.information_given < filled.information_needed:
        lacking.append(f"核对信息还差 {filled.information_needed - filled.information_given} 项")
    if filled.needs_copy and not filled.copied:
        lacking.append("证件还未复印")
    return lacking


def parts(documents: str) -> list[str]:
    """A business's documents as the list they are."""
    return [part for part in documents.split("、") if part]


def in_words(lines: list[str]) -> str:
    """A list of what to bring in one sentence; nothing to bring is said too."""
    return ";".join(lines) or "无需材料"
