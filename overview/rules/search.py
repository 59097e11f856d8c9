"""What a line typed into the search box can mean."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from core.phones import is_mobile

LONGEST = 40
MOST = 8  # of one kind; whoever needs more goes to that kind's own list
TICKET = re.compile(r"[A-Z]\d{3,4}")
COMPLAINT = re.compile(r"TS[\dA-Z-]{0,38}")
TAIL = re.compile(r"\d{4}")
LETTERS = re.compile(r"[A-Z]{2,10}")
LIKE_A_PHONE = re.compile(r"1[3-9]\d{5,}")


@dataclass(frozen=True)
class Wanted:
    """`text` without blanks at its ends, full-width signs made narrow. One of the others is set, or none."""

    text: str = ""
    phone: str = ""
    ticket: str = ""
    complaint: str = ""
    tail: str = ""
    initials: str = ""
    is_part_of_phone: bool = False
    is_too_long: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.text


def read(typed: str) -> Wanted:
    """A whole mobile number is a customer and nothing else: it is compared with nothing that is not a customer."""
    if len(typed) > 4 * LONGEST:
        return Wanted(is_too_long=True)
    text = " ".join(unicodedata.normalize("NFKC", typed).replace("\x00", " ").split())
    if len(text) > LONGEST:
        return Wanted(is_too_long=True)
    digits = re.sub(r"[\s-]", "", text)
    if is_mobile(digits):
        return Wanted(text=text, phone=digits)
    if LIKE_A_PHONE.fullmatch(digits):
        return Wanted(text=text, is_part_of_phone=True)
    upper = text.upper()
    return Wanted(
        text=text,
        ticket=upper if TICKET.fullmatch(upper) else "",
        complaint=upper if COMPLAINT.fullmatch(upper) else "",
        tail=upper if TAIL.fullmatch(upper) else "",
        initials=upper if LETTERS.fullmatch(upper) else "",
    )


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """First letters of a name's pinyin, upper case: 王经理 → WJL."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).upper()
