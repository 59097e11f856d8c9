"""Choices whose labels can be reworded without a migration: models take `pairs`, a callable, not the list."""

from django.db.models import IntegerChoices, TextChoices


class Words(TextChoices):
    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        return cls.choices


class Codes(IntegerChoices):
    @classmethod
    def pairs(cls) -> list[tuple[int, str]]:
        return cls.choices
