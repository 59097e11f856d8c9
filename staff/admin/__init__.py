"""Settings pages of people."""

from staff.admin import audits, first_days, handovers, people, rosters

__all__ = ["audits", "first_days", "handovers", "people", "rosters"]
