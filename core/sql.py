"""Statements sent with every event. Django takes longer to write such a query than PostgreSQL takes to answer it, so
the text is kept for each set of arguments; what it means is still said in one place, by the query set or the model."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model, QuerySet

Row = TypeVar("Row", bound=Model)
Statement = tuple[str, list[Any]]
KEPT = 4096


@dataclass(frozen=True)
class Question:
    """`sql` is empty when no row can match."""

    model: type[Model]
    sql: str
    parameters: tuple[Any, ...]

    def ask(self) -> list[tuple[Any, ...]]:
        if not self.sql:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            return cursor.fetchall()


def _kept(build: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Question]:
    @lru_cache(maxsize=KEPT)
    def question(*arguments: Hashable) -> Question:
        rows = build(*arguments)
        try:
            return Question(rows.model, *rows.query.sql_with_params())
        except EmptyResultSet:
            return Question(rows.model, "", ())

    return question


def kept_rows(build: Callable[..., QuerySet[Row, Row]]) -> Callable[..., list[Row]]:
    """The rows of a query set that depends on nothing but its arguments; so these must not be times.

    Without joined rows, and not for models whose fields convert what the database gives (JSON).
    """
    question = _kept(build)

    @wraps(build)
    def ask(*arguments: Hashable) -> list[Row]:
        asked = question(*arguments)
        names = [field.attname for field in asked.model._meta.concrete_fields]
        return [asked.model.from_db(DEFAULT_DB_ALIAS, names, row) for row in asked.ask()]  # type: ignore[misc]

    return ask


def kept_values(build: Callable[..., QuerySet[Any, Any]]) -> Callable[..., list[tuple[Any, ...]]]:
    """The same for `values_list`, as the database gives it: JSON comes as text."""
    question = _kept(build)

    @wraps(build)
    def ask(*arguments: Hashable) -> list[tuple[Any, ...]]:
        return question(*arguments).ask()

    return ask


@lru_cache
def _fields(model: type[Model], names: tuple[str, ...]) -> list[Field[Any, Any]]:
    return [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]


@lru_cache
def _insert_text(model: type[Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in _fields(model, names))
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({places})"


@lru_cache
def _update_text(model: type[Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in _fields(model, names))
    return f"UPDATE {connection.ops.quote_name(model._meta.db_table)} SET {changes} WHERE id = %s"


def _values(row: Model, names: tuple[str, ...]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _fields(type(row), names)]


def inserted(row: Model) -> Statement:
    """`row.save(force_insert=True)` for a row whose generated key nobody asks for."""
    names = tuple(field.name for field in row._meta.concrete_fields if field.attname != "id" or row.pk is not None)
    return _insert_text(type(row), names), _values(row, names)


def updated(row: Model, names: Iterable[str]) -> Statement:
    """`row.save(update_fields=names)` for a row that is held."""
    names = tuple(names)
    return _update_text(type(row), names), [*_values(row, names), row.pk]


def send(*statements: Statement) -> None:
    """All in one trip to the server, which costs more than most statements do."""
    with connection.cursor() as cursor:
        text = ";\n".join(text for text, _ in statements)
        cursor.execute(text, [value for _, values in statements for value in values])
