"""Many rows at once by COPY: ten times faster than inserting objects, and seeding must be quick."""

import io
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, models

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows given by field attname; a missing field gets its default, an automatic key is the database's."""
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField)]
    names = [(one.attname, _cell(one.get_default())) for one in fields]
    text = io.StringIO()
    for row in rows:
        text.write("\t".join([_cell(row[name]) if name in row else default for name, default in names]) + "\n")
    text.seek(0)
    columns = ", ".join(f'"{one.column}"' for one in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', text)


def _text(value: Any) -> str:
    return str(value).translate(ESCAPES)


WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    dict: lambda value: json.dumps(value, ensure_ascii=False).translate(ESCAPES) if value else "{}",
}


def _cell(value: Any) -> str:
    """By exact type: this is asked millions of times. Words and codes of the product are text here."""
    return WRITERS.get(type(value), _text)(value)


def analyse(*tables: type[models.Model]) -> None:
    """The planner knows nothing of rows that came by COPY in this transaction."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'ANALYZE "{table._meta.db_table}"')
