"""What people may type: how much, and what is taken out of it."""

from core.errors import Refused

SHORT, LONG = 200, 4000


def clean(text: str, label: str, *, most: int = LONG) -> str:
    """The text without what no keyboard types. Raises Refused("too_long")."""
    kept = text.replace("\x00", "").strip()
    if len(kept) > most:
        raise Refused("too_long", f"{label}最多 {most} 字,现在 {len(kept)} 字,请精简或改用附件。")
    return kept


def needed(text: str, label: str, *, most: int = LONG) -> str:
    """Raises Refused: too_long, words_needed."""
    kept = clean(text, label, most=most)
    if not kept:
        raise Refused("words_needed", f"请填写{label}。")
    return kept
