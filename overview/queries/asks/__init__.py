"""What waits for a person's decision, from every app of the house; each kind is a `Source`."""

from overview.queries.asks.everything import MOST, SOURCES, asks_for, count_for, find, may_decide

__all__ = ["MOST", "SOURCES", "asks_for", "count_for", "find", "may_decide"]
