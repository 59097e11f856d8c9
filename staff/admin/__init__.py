"""Settings pages of people."""

from staff.admin import people

__all__ = ["people"]
