"""Large numbers as people read them: 12,345."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def thousands(value: object) -> str:
    return f"{value:,}" if isinstance(value, (int, Decimal)) else "—"
