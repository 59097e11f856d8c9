"""The way of a task in one hall. Pure."""

from overview.states import TaskState

S = TaskState
MOVES: dict[str, frozenset[TaskState]] = {
    S.SENT: frozenset({S.READ, S.DONE, S.WITHDRAWN}),
    S.READ: frozenset({S.DONE, S.WITHDRAWN}),
    S.DONE: frozenset({S.ACCEPTED, S.RETURNED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.DONE, S.WITHDRAWN}),
    S.ACCEPTED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


def can_move(state: str, to: TaskState) -> bool:
    return to in MOVES[state]
