"""Notes when a change was committed and when its board left, so that a benchmark can tell how long a screen waits.

Only the server of a benchmark does this. The notes go to Redis after the push, so they are not part of what they time.
"""

import json
import time
from functools import wraps

from core import live as core_live
from core.redis import client, key
from queueing import live
from queueing.live import BoardPush

NOTES = "bench:pushes"


def install() -> None:
    pushed: dict[str, int] = {}
    send, push = core_live.publish_board, BoardPush.__call__

    @wraps(send)
    def noted(code: str, document: dict) -> None:
        pushed[code] = document["version"]
        core_live_sent = time.monotonic_ns()
        send(code, document)
        pushed[code + " built"] = core_live_sent

    @wraps(push)
    def timed(self: BoardPush) -> None:
        committed = time.monotonic_ns()  # the first thing that happens after COMMIT
        push(self)
        for code in [name for name in pushed if not name.endswith(" built")]:
            note = {"hall": code, "version": pushed.pop(code), "at": committed, "built": pushed.pop(code + " built")}
            client().rpush(key(NOTES), json.dumps(note))

    live.live.publish_board = noted
    BoardPush.__call__ = timed  # type: ignore[method-assign]
