"""A month sheet's counts as a person reads them: means from sums, and a dash where nobody counted."""

from dataclasses import dataclass

from staff.models import MonthSheet

UNKNOWN = "—"
MEANS = {  # name → part, whole, divided by, digits
    "mean_service": ("service_seconds", "served", 60, 1),
    "mean_wait": ("wait_seconds", "answered", 60, 1),
    "rating": ("rating_sum", "ratings", 1, 2),
    "exam_score": ("exam_sum", "exams", 1, 1),
}


@dataclass(frozen=True)
class Lines:
    sheet: MonthSheet

    def value(self, name: str) -> float | int | None:
        """None where nobody counted, or where there is nothing to divide by."""
        figures: dict[str, int] = self.sheet.figures
        if name not in MEANS:
            return figures.get(name)
        part, whole, per, digits = MEANS[name]
        if not figures.get(whole):
            return None
        return round(figures.get(part, 0) / figures[whole] / per, digits)

    def text(self, name: str) -> str:
        value = self.value(name)
        if value is None:
            return UNKNOWN
        return f"{value:.{MEANS[name][3]}f}" if name in MEANS else str(value)

    @property
    def texts(self) -> dict[str, str]:
        """Every known count and mean, for templates."""
        names = {*NAMES, *MEANS}
        return {name: self.text(name) for name in names}


NAMES = (
    "served", "no_shows", "ratings", "low_ratings", "complaints", "audited", "errors", "offered", "accepted",
    "competition_points", "stars", "late", "missing", "worked_days", "exams",
    "violations",
)  # fmt: skip
