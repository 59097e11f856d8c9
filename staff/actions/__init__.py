"""Changes, by noun."""
