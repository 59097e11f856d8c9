from inspections.models.cards import AskedQuestion, CardVersion, Question, Scorecard
from inspections.models.results import ActionEvent, Appeal, Bonus, CorrectiveAction, MonthResult
from inspections.models.visits import Finding, Operation, Photo, Plan, Tablet, Visit

__all__ = [
    "ActionEvent",
    "Appeal",
    "AskedQuestion",
    "Bonus",
    "CardVersion",
    "CorrectiveAction",
    "Finding",
    "MonthResult",
    "Operation",
    "Photo",
    "Plan",
    "Question",
    "Scorecard",
    "Tablet",
    "Visit",
]
