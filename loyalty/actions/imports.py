"""Files of customers and of BOSS balances: read line by line; every refused line keeps its reason."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from halls.models import Region
from loyalty.actions import boss, customers, files
from loyalty.models import ImportedFile
from loyalty.rules import telling
from loyalty.rules.ownership import Told
from loyalty.states import TellingReason

AT_ONCE = 2_000
CUSTOMERS = "customers"
BALANCE_REFUSALS = {
    "unknown_phone": TellingReason.NO_CUSTOMER,
    "not_boss": TellingReason.NOT_BOSS,
    "bad_points": TellingReason.BAD_POINTS,
}
Progress = Callable[[float, int], None]  # share of the file, lines so far


def import_customers(
    path: Path, *, city: Region | None, now: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """Bring customers to what a file tells. Safe to run again; each batch is whole or not at all.

    Raises Refused: no_file, bad_header.
    """
    table = files.open_table(path, telling.CUSTOMER_COLUMNS)
    rejects = files.Rejects(path, now)
    batch = _Batch(rejects, city or customers.only_city(), now)
    rows = 0
    for block in table.blocks():
        for at, text, cells in files.lines(block, table.header):
            rows += 1
            batch.add(at, text, cells)
        if progress:
            progress(block.end / max(table.survey.size, 1), rows)
    batch.flush()
    counts = {"rows": rows, "accepted": rows - rejects.count, "rejected": rejects.count, **batch.counts}
    ImportedFile.objects.update_or_create(
        kind=CUSTOMERS, sha256=table.survey.sha256, defaults={"name": path.name[:200], "counts": counts, "at": now}
    )
    return {**counts, "reject_file": rejects.close()}


class _Batch:
    """Lines on their way into the database."""

    def __init__(self, rejects: files.Rejects, city: Region | None, now: datetime) -> None:
        self.rejects, self.city, self.now = rejects, city, now
        self.counts = {"new": 0, "changed": 0, "unchanged": 0, "closed": 0}
        self._told: list[tuple[int, str, Told]] = []
        self._phones: set[str] = set()

    def add(self, at: int, text: str, cells: Any) -> None:
        if cells is None:
            self.rejects.add(at, TellingReason.BAD_LINE, text)
            return
        try:
            told = telling.customer(cells)
        except telling.Unreadable as unreadable:
            self.rejects.add(at, unreadable.reason, text)
            return
        if told.phone in self._phones or len(self._told) >= AT_ONCE:
            self.flush()
        self._told.append((at, text, told))
        self._phones.add(told.phone)

    def flush(self) -> None:
        did = customers.upsert([told for _, _, told in self._told], city=self.city, now=self.now)
        for place, reason in did.refused.items():
            at, text, _ = self._told[place]
            self.rejects.add(at, reason, text)
        for name in self.counts:
            self.counts[name] += getattr(did, name)
        self._told.clear()
        self._phones.clear()


def import_balances(path: Path, *, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """What BOSS says customers of its cities have; older news changes nothing. Raises Refused: no_file, bad_header."""
    table = files.open_table(path, telling.BALANCE_COLUMNS)
    batch = _Balances(files.Rejects(path, now))
    rows = 0
    for block in table.blocks():
        for at, text, cells in files.lines(block, table.header):
            rows += 1
            batch.add(at, text, cells)
        if progress:
            progress(block.end / max(table.survey.size, 1), rows)
    batch.flush()
    rejects = batch.rejects
    return {
        "rows": rows,
        "accepted": rows - rejects.count,
        "rejected": rejects.count,
        "reject_file": rejects.close(),
    }


class _Balances:
    """Lines of balances on their way in, a number once in a batch; refused ones keep their order."""

    def __init__(self, rejects: files.Rejects) -> None:
        self.rejects = rejects
        self._lines: list[tuple[int, str, boss.Balance | TellingReason]] = []
        self._phones: set[str] = set()

    def add(self, at: int, text: str, cells: Any) -> None:
        told: boss.Balance | TellingReason
        try:
            told = boss.Balance(*telling.balance(cells)) if cells is not None else TellingReason.BAD_LINE
        except telling.Unreadable as unreadable:
            told = unreadable.reason
        phone = told.phone if isinstance(told, boss.Balance) else ""
        if phone in self._phones or len(self._lines) >= AT_ONCE:
            self.flush()
        self._lines.append((at, text, told))
        if phone:
            self._phones.add(phone)

    def flush(self) -> None:
        told = [one for _, _, one in self._lines if isinstance(one, boss.Balance)]
        refused = boss.tell_balances(told)
        reasons = iter([BALANCE_REFUSALS[refused[place]] if place in refused else None for place in range(len(told))])
        for at, text, one in self._lines:
            reason = next(reasons) if isinstance(one, boss.Balance) else one
            if reason:
                self.rejects.add(at, reason, text)
        self._lines.clear()
        self._phones.clear()
