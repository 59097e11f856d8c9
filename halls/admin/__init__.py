"""Settings pages of places and of what stands in them."""

from halls.admin import operations, places

__all__ = ["operations", "places"]
