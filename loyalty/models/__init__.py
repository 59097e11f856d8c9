"""Rows of customers and their points, by noun."""

from loyalty.models.customers import Customer

__all__ = ["Customer"]
