"""Mobile numbers: how they are checked and how they are shown."""

import re

from core.errors import Refused

MOBILE = re.compile(r"1[3-9]\d{9}")


def is_mobile(text: str) -> bool:
    return bool(MOBILE.fullmatch(text)) and text.isascii()


def clean_phone(text: str) -> str:
    """The 11 digits, without the blanks and dashes people type. Raises Refused("bad_phone")."""
    digits = re.sub(r"[\s-]", "", text[:40])
    if not is_mobile(digits):
        raise Refused("bad_phone", "手机号应为 11 位数字,请核对。")
    return digits


def masked_phone(phone: str) -> str:
    """`138****0000` for a mobile number (R-H-18); anything shorter is hidden whole."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)
