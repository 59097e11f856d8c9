"""Rows about people, by noun."""

from staff.models.people import Employment, User

__all__ = ["Employment", "User"]
