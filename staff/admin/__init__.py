"""Settings pages of people."""

from staff.admin import audits, people, rosters

__all__ = ["audits", "people", "rosters"]
