"""The clock of a compressed day, and the agenda of its customers."""

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count


class Pace:
    """Hall time runs `speed` times as fast as the clock on the wall, from the first minute of the hall's day.

    After the last minute the next day begins at once: nobody wants to watch a simulated night.
    """

    def __init__(self, speed: float, opens: int, closes: int) -> None:
        self.speed = speed
        self.opens = opens
        self.length = (closes - opens) * 60.0
        self.stop = threading.Event()
        self.began = time.monotonic()

    def begin(self) -> None:
        self.began = time.monotonic()

    def hall_seconds(self) -> float:
        return (time.monotonic() - self.began) * self.speed

    def day_and_minute(self) -> tuple[int, float]:
        days, rest = divmod(self.hall_seconds(), self.length)
        return int(days), self.opens + rest / 60

    def clock(self) -> str:
        _, minute = self.day_and_minute()
        return f"{int(minute // 60):02d}:{int(minute % 60):02d}"

    def moment(self, hall_seconds: float) -> float:
        """When, on the wall, so many seconds of hall time will have gone."""
        return self.began + hall_seconds / self.speed

    def sleep(self, hall_seconds: float) -> bool:
        """Wait in hall time; at once True when everything is to stop."""
        return self.stop.wait(hall_seconds / self.speed)


Act = Callable[[], None]


class Agenda:
    """Acts of customers at their times, done by a few threads; those that are late are done as soon as possible."""

    def __init__(self, threads: int, on_error: Callable[[BaseException], None]) -> None:
        self._heap: list[tuple[float, int, Act]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._busy = 0
        self._closed = False
        self._on_error = on_error
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def add(self, when: float, act: Act) -> None:
        with self._changed:
            if not self._closed:
                heapq.heappush(self._heap, (when, next(self._order), act))
                self._changed.notify()

    def close(self) -> None:
        """Forget what has not begun, and wait for what has."""
        with self._changed:
            self._closed = True
            self._heap.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def is_idle(self) -> bool:
        with self._changed:
            return not self._heap and not self._busy

    def _work(self) -> None:
        while (act := self._next()) is not None:
            try:
                act()
            except Exception as error:
                self._on_error(error)
            finally:
                with self._changed:
                    self._busy -= 1

    def _next(self) -> Act | None:
        with self._changed:
            while not self._closed:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)
            return None
