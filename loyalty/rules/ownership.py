"""What a told customer means for a number's present and former owners; nothing of one is ever given to another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.rules import months, policy
from loyalty.states import CustomerStatus, Star, TellingReason


@dataclass(frozen=True)
class Owner:
    """Who has the number now."""

    name: str
    joined_on: date


@dataclass(frozen=True)
class Former:
    joined_on: date
    closed_on: date | None


@dataclass(frozen=True)
class Told:
    """One customer as a file or program tells; None leaves what is known. `star` None: nothing said."""

    phone: str
    joined_on: date
    name: str = ""
    brand: str | None = None
    star: int | None = None
    is_vip: bool | None = None
    status: str | None = None
    is_real_name: bool | None = None
    is_personal: bool | None = None
    plan_from: date | None = None


@dataclass(frozen=True)
class Meaning:
    """`refused` says why nothing may be done; else the owner is new (after the present one leaves) or the same."""

    refused: TellingReason | None = None
    is_new: bool = False
    present_leaves: bool = False


def meaning(told: Told, present: Owner | None, former: Collection[Former], today: date) -> Meaning:
    """A later joining date is another owner; the same date with another name is for a person to decide."""
    if told.joined_on > today:
        return Meaning(TellingReason.FUTURE)
    if present is None:
        return _without_owner(told, former)
    if told.joined_on < present.joined_on:
        return Meaning(TellingReason.FORMER_OWNER)
    if told.joined_on > present.joined_on:
        return Meaning(is_new=True, present_leaves=True)
    if told.name and present.name and told.name != present.name:
        return Meaning(TellingReason.OTHER_NAME)
    return Meaning()


def _without_owner(told: Told, former: Collection[Former]) -> Meaning:
    for one in former:
        if one.joined_on == told.joined_on:
            is_closed = told.status == CustomerStatus.CLOSED
            return Meaning(None if is_closed else TellingReason.CLOSED_NUMBER)
        if one.closed_on is not None and told.joined_on < one.closed_on:
            return Meaning(TellingReason.FORMER_OWNER)
    return Meaning(is_new=True)


def told_star_from(joined_on: date, today: date) -> date:
    """A star told at first sight is taken as held since it could have been given (R-L-7), at the latest from today."""
    month = months.plus(months.first_of(joined_on), policy.number(policy.FIRST_RATING_MONTH, today) - 1)
    return min(month.replace(day=policy.number(policy.RATING_DAY, today)), today)


def told_star_until(since: date, today: date) -> date:
    """The last day of the year of a told star that runs today."""
    span = policy.number(policy.STAR_MONTHS, today)
    ends = since
    while ends <= today:
        ends = months.plus(ends, span).replace(day=min(since.day, 28))
    return ends - timedelta(days=1)


def is_star(star: int | None) -> bool:
    return star is not None and star >= Star.ONE
