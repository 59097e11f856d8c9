"""Typed words: kept whole or refused, never cut off silently."""

from core.errors import Refused


def whole(text: str, most: int, what: str) -> str:
    """Without blanks around it. Raises Refused: too_long."""
    said = text.strip()
    if len(said) > most:
        raise Refused("too_long", f"{what}最多 {most} 个字,现在有 {len(said)} 个字,请精简。")
    return said
