"""Changes of a complaint, by noun. `journal.write` is the only writer of events, state and timers."""
