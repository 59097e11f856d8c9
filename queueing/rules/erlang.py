"""Waiting lines with impatient customers (Erlang-A, M/M/n+M); without impatience they are Erlang-C's.

The integrals are those of Mandelbaum and Zeltyn, "The Palm/Erlang-A queue". All times in minutes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

STEPS = 240  # of Simpson's rule on each side of the integrand's top; doubling it moves no result by 1e-5
NEGLIGIBLE = 30.0  # e⁻³⁰

Minutes = Any  # a number or an array of numbers
Weight = Callable[[Minutes], Minutes]
_PLACES = np.linspace(0.0, 1.0, STEPS + 1)
_SIMPSON = np.array([1.0, *[4.0 if at % 2 else 2.0 for at in range(1, STEPS)], 1.0]) / (3 * STEPS)


@dataclass(frozen=True)
class Line:
    """A steady line: who has to wait, who gives up, how long, and how many are served in time."""

    delayed: float
    abandoned: float
    mean_wait: float
    within: float


@lru_cache(maxsize=8192)
def line(per_minute: float, service: float, windows: int, patience: float, limit: float) -> Line:
    """The line at `windows` windows; `patience` may be infinite when the windows keep up with the arrivals.

    `within` is the share of arrivals who would be at a window after at most `limit` minutes, had they the patience.
    Raises ValueError for a line that would grow without end.
    """
    if per_minute <= 0:
        return Line(0.0, 0.0, 0.0, 1.0)
    rate = windows / service
    if math.isinf(patience) and per_minute >= rate:
        raise ValueError("a line without impatience grows without end when windows do not keep up")
    top = 0.0 if per_minute <= rate else patience * math.log(per_minute / rate)
    height = float(_exponent(np.float64(top), per_minute, rate, patience))
    end = _end(top, height, per_minute, rate, patience)

    def integral(start: float, weight: Weight) -> float:
        """Simpson's rule up to the integrand's top and beyond it."""
        total = 0.0
        for low, high in ((start, top), (max(start, top), end)):
            if high > low:
                x = low + (high - low) * _PLACES
                values = weight(x) * np.exp(_exponent(x, per_minute, rate, patience) - height)
                total += float(values @ _SIMPSON) * (high - low)
        return total

    whole, late = integral(0.0, np.ones_like), integral(limit, np.ones_like)
    base = _free(per_minute * service, windows) * math.exp(-height) + per_minute * whole
    mean = per_minute * integral(0.0, lambda x: _patient(x, patience)) / base
    abandoned = 0.0 if math.isinf(patience) else min(mean / patience, 1.0)
    return Line(per_minute * whole / base, abandoned, mean, 1 - per_minute * late / base)


def _patient(minutes: Minutes, patience: float) -> Minutes:
    """The mean time somebody stays who may have to wait so long."""
    return minutes if math.isinf(patience) else -patience * np.expm1(-minutes / patience)


def _exponent(minutes: Minutes, per_minute: float, rate: float, patience: float) -> Minutes:
    return per_minute * _patient(minutes, patience) - rate * minutes


def _end(top: float, height: float, *steady: float) -> float:
    """From where the integrand is negligible."""
    reach = 1.0
    while float(_exponent(np.float64(top + reach), *steady)) > height - NEGLIGIBLE:
        reach *= 1.5
    return top + reach


def _free(load: float, windows: int) -> float:
    """Σ loadʲ/j! over j < windows, divided by its last member: the weight of a free window against a full one."""
    weight, total = 1.0, 1.0
    for busy in range(windows - 1, 0, -1):
        weight *= busy / load
        total += weight
    return total


def windows_needed(per_minute: float, service: float, *, patience: float, limit: float, share: float) -> int:
    """The fewest windows at which enough are served in time and the mean wait keeps the limit too."""
    if per_minute <= 0:
        return 0
    windows = max(int(per_minute * service * 0.6), 1)
    while windows < 500:
        found = line(per_minute, service, windows, patience, limit)
        if found.within >= share and found.mean_wait <= limit:
            return windows
        windows += 1
    return windows
