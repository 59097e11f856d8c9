"""Changing the dated data of stars and points: from a day to come, on record; what has begun is never changed."""

import itertools
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

from django import forms
from django.db import transaction

from core import changes, parameters
from core.errors import Refused
from core.models import Parameter
from core.time import business_day
from loyalty.models import PromoCampaign, StarBand, StarMultiplier
from loyalty.queries import judging, rating
from loyalty.rules import policy
from staff.models import User

Key = TypeVar("Key", int, str)


@transaction.atomic
def set_multipliers(wished: Mapping[int, int], valid_from: date, *, actor: User, now: datetime) -> int:
    """R-L-4: hundredths by star, from the first of a coming month. Returns how many differ and were written.

    Raises Refused: not_first, not_tomorrow, nothing_changed.
    """
    if valid_from.day != 1:
        raise Refused("not_first", "回馈倍数按账期执行,请选择某月 1 日起。")
    standing = judging.multipliers_on(valid_from)
    changed = _changed(wished, standing, valid_from, now)
    for star in changed:
        row, _ = StarMultiplier.objects.update_or_create(
            star=star, valid_from=valid_from, defaults={"hundredths": wished[star]}
        )
        changes.record(row, "倍数", actor=actor, before=standing.get(star), after=wished[star])
    return len(changed)


@transaction.atomic
def set_bands(wished: Mapping[int, int], valid_from: date, *, actor: User, now: datetime) -> int:
    """R-L-6: the lowest score by star. Raises Refused: not_tomorrow, nothing_changed, bad_bands."""
    lows = [wished[star] for star in sorted(wished)]
    if any(low >= high for low, high in itertools.pairwise(lows)):
        raise Refused("bad_bands", "每个星级的最低得分须高于前一星级,请核对。")
    standing = rating.bands_on(valid_from)
    changed = _changed(wished, standing, valid_from, now)
    for star in changed:
        row, _ = StarBand.objects.update_or_create(star=star, valid_from=valid_from, defaults={"low": wished[star]})
        changes.record(row, "最低得分", actor=actor, before=standing.get(star), after=wished[star])
    return len(changed)


@transaction.atomic
def set_numbers(wished: Mapping[str, int], valid_from: date, *, actor: User, now: datetime) -> int:
    """Parameters of the programme for all cities, as deadlines (R-L-15), parts of the score and caps (R-L-5, R-L-8).

    Returns how many differ and were written. Raises Refused: not_tomorrow, nothing_changed.
    """
    standing = {name: policy.number(name, valid_from) for name in wished}
    changed = _changed(wished, standing, valid_from, now)
    for name in changed:
        row, _ = Parameter.objects.update_or_create(
            name=name, scope="", valid_from=valid_from, defaults={"value": wished[name]}
        )
        changes.record(row, "value", actor=actor, before=standing[name], after=wished[name])
    parameters.forget()
    return len(changed)


def _changed(wished: Mapping[Key, int], standing: Mapping[Key, int], valid_from: date, now: datetime) -> list[Key]:
    if valid_from <= business_day(now):
        raise Refused("not_tomorrow", "已开始的规则不能改,请从明天或以后的日期起调整。")
    changed = [key for key, value in wished.items() if standing.get(key) != value]
    if not changed:
        raise Refused("nothing_changed", "这些值和那一天将要执行的一样,没有需要保存的修改。")
    return changed


@transaction.atomic
def save_campaign(form: forms.ModelForm, *, actor: User) -> PromoCampaign:
    """A checked form of a campaign, new or changed, on record. Points already given stay as they are."""
    is_new, campaign = form.instance.pk is None, form.save()
    changes.record(campaign, "新增" if is_new else "资料", actor=actor, after=campaign.name)
    return campaign
