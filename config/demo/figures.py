"""The demo's past added up and its next weeks forecast, as the night would have done."""

from dataclasses import dataclass
from datetime import datetime

from config.demo.copying import analyse
from queueing.actions import figures, forecasts, means
from queueing.models import Figure, FigureDay, HalfHourCause, HalfHourForecast


@dataclass(frozen=True)
class AddedUp:
    days: int
    half_hours: int


def add_up(now: datetime) -> AddedUp:
    days = figures.add_up(now)
    half_hours = forecasts.make_forecasts(now)
    means.learn_all(now)
    analyse(Figure, FigureDay, HalfHourCause, HalfHourForecast)
    return AddedUp(days, half_hours)
