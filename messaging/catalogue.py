"""The texts this product sends: registered by the app that sends them, worded by dated MessageTemplate rows.

The kind belongs to the code that sends and not to the wording, so that nobody turns a call into a greeting by editing
a row.
"""

from dataclasses import dataclass

from messaging.states import Kind


@dataclass(frozen=True)
class Text:
    label: str
    kind: Kind
    placeholders: tuple[str, ...]


_texts: dict[str, Text] = {}


def register(key: str, label: str, *, kind: Kind, placeholders: tuple[str, ...]) -> str:
    """Make a text known and return its key."""
    _texts[key] = Text(label, kind, placeholders)
    return key


def find(key: str) -> Text | None:
    return _texts.get(key)


def placeholders(key: str) -> tuple[str, ...]:
    return _texts[key].placeholders


def choices() -> list[tuple[str, str]]:
    return [(key, text.label) for key, text in sorted(_texts.items())]


QUEUE_NEAR = register("queue_near", "即将叫号", kind=Kind.CALL, placeholders=("number", "ahead", "hall"))
QUEUE_CALLED = register("queue_called", "叫号", kind=Kind.CALL, placeholders=("number", "window", "minutes", "hall"))
