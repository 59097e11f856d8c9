"""Every change of a setting goes on record: who, what, from what, to what."""

from typing import Any

from django.db.models import Model

from core.models import SettingChange


def record(thing: Model, field: str, *, actor: Any, before: Any = "", after: Any = "") -> SettingChange:
    """Write one row. Call it in the transaction of the change itself."""
    return SettingChange.objects.create(
        actor_id=actor.pk,
        thing=thing._meta.label,
        thing_id=str(thing.pk),
        label=str(thing)[:200],
        field=field[:60],
        before=shown(before),
        after=shown(after),
    )


def shown(value: Any) -> str:
    """A value as people read it; many related rows as one sorted list."""
    if hasattr(value, "all"):
        value = value.all()
    if isinstance(value, (list, tuple)) or hasattr(value, "iterator"):
        return "、".join(sorted(str(part) for part in value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)
