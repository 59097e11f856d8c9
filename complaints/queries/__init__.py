"""Reads about complaints, by noun."""
