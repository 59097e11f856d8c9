"""Pure decisions about groups that give no more numbers today."""

from queueing.states import Stopped


def stopped(limit: int | None, taken: int) -> Stopped:
    """An order without a limit stops at once; one with a limit when so many numbers have been taken."""
    if limit is None:
        return Stopped.STOPPED
    return Stopped.FULL if taken >= limit else Stopped.NO
