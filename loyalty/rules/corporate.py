"""Pure decisions about corporate customers: the figures of a class against what they should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.parameters import register
from loyalty.states import CorporateGrade

LEAST_PERSONS = register("loyalty.corporate_persons", "集团客户至少人数", default=10, unit="人", between=(1, 1000))
SATISFACTION = {
    grade: register(
        f"loyalty.corporate_satisfaction_{grade.lower()}",
        f"{grade} 类集团满意度不低于",
        default=default,
        unit="%",
        between=(0, 100),
    )
    for grade, default in (("A", 80), ("B", 77), ("C", 75))
}
AWARENESS = {
    grade: register(
        f"loyalty.corporate_awareness_{grade.lower()}",
        f"{grade} 类集团客户经理认知率不低于",
        default=default,
        unit="%",
        between=(0, 100),
    )
    for grade, default in (("A", 100), ("B", 95), ("C", 90))
}
GROUP_CHURN = register("loyalty.corporate_group_churn", "集团离网率不高于", default=5, unit="‰", between=(0, 1000))
INSIDE_CHURN = register(
    "loyalty.corporate_inside_churn", "集团成员离网率不高于", default=30, unit="‰", between=(0, 1000)
)


@dataclass(frozen=True)
class Measured:
    """One company in one month. `satisfaction` and `awareness` in percent, None when nobody asked."""

    grade: str
    is_lost: bool
    satisfaction: Decimal | None = None
    awareness: Decimal | None = None
    members: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Limits:
    satisfaction: int
    awareness: int
    group_churn: int
    inside_churn: int


@dataclass(frozen=True)
class Kpi:
    """A figure, what it should be, and whether it is; None where nothing was measured."""

    value: Decimal | None
    limit: Decimal
    at_most: bool = False

    @property
    def is_met(self) -> bool | None:
        """The limit itself is good."""
        if self.value is None:
            return None
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass(frozen=True)
class GradeFigures:
    grade: CorporateGrade
    groups: int
    satisfaction: Kpi
    awareness: Kpi
    group_churn: Kpi
    inside_churn: Kpi


def by_grade(rows: Sequence[Measured], limits: Mapping[str, Limits]) -> list[GradeFigures]:
    """Means over the companies asked; churn over all companies, and over all their members, of a class."""
    return [_figures(grade, [row for row in rows if row.grade == grade], limits[grade]) for grade in CorporateGrade]


def _figures(grade: CorporateGrade, rows: Sequence[Measured], limits: Limits) -> GradeFigures:
    members = sum(row.members for row in rows)
    return GradeFigures(
        grade,
        len(rows),
        Kpi(_mean([row.satisfaction for row in rows]), Decimal(limits.satisfaction)),
        Kpi(_mean([row.awareness for row in rows]), Decimal(limits.awareness)),
        Kpi(_percent(sum(row.is_lost for row in rows), len(rows)), Decimal(limits.group_churn) / 10, at_most=True),
        Kpi(_percent(sum(row.lost for row in rows), members), Decimal(limits.inside_churn) / 10, at_most=True),
    )


def _mean(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return round(sum(known, Decimal(0)) / len(known), 1) if known else None


def _percent(part: int, whole: int) -> Decimal | None:
    return round(Decimal(part) * 100 / whole, 2) if whole else None
