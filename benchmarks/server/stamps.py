"""Notes when a change was committed and when its board left, so that a benchmark can tell how long a screen waits.

Only the server of `board_push` does this. The notes go to Redis after the push, so they are not part of what they time.
"""

import json
import os
import threading
import time
from functools import wraps

from benchmarks.harness import STAMPS
from core import live as core_live
from core.redis import client, key
from queueing import live
from queueing.live import BoardPush

NOTES = "bench:pushes"


def install() -> None:
    if STAMPS not in os.environ:
        return
    here = threading.local()
    send, push = core_live.publish_board, BoardPush.__call__

    @wraps(send)
    def noted(code: str, document: dict) -> None:
        here.sent = {"hall": code, "version": document["version"], "built": time.monotonic_ns()}
        send(code, document)

    @wraps(push)
    def timed(self: BoardPush) -> None:
        committed = time.monotonic_ns()  # the first thing that happens after COMMIT
        here.sent = None
        push(self)
        if here.sent is not None:  # else somebody who began later had read our change
            client().rpush(key(NOTES), json.dumps({**here.sent, "at": committed}))

    live.live.publish_board = noted
    BoardPush.__call__ = timed  # type: ignore[method-assign]
