"""Acts that touch several apps, by noun."""
