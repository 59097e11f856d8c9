"""The chain of hashes over the events of a case: what was written cannot be changed without being seen."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def link(before: str, *, case: str, seq: int, person: int | None, fact: tuple[str, datetime, Mapping[str, Any]]) -> str:
    """SHA-256 over the hash before and everything an event says."""
    did, at, data = fact
    said = {
        "before": before,
        "case": case,
        "seq": seq,
        "person": person,
        "did": did,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "data": data,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
