"""Settings pages of people."""

from staff.admin import people, rosters

__all__ = ["people", "rosters"]
