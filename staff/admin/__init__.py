"""Settings pages of people."""

from staff.admin import audits, handovers, people, rosters

__all__ = ["audits", "handovers", "people", "rosters"]
