"""Reads of the queue, by noun: `layout` (what a hall has), `board` (what screens show), `tickets`."""
