"""R-H-1: what a hall is. Type, place and who runs it decide what it must have and what its people may."""

import pytest

from halls.rules import rounds
from halls.states import HallType, Location, Operation


def test_r_h_1_six_types_two_places_three_ways_to_run():
    assert [one.value for one in HallType] == [
        "goutong100", "gotone_store", "mzone_store", "standard", "handset_mall", "township",
    ]  # fmt: skip
    assert [one.value for one in Location] == ["urban", "county"]
    assert [one.value for one in Operation] == ["self", "partner", "outsourced"]


@pytest.mark.parametrize(("kind", "brand"), [(one, one in rounds.BRAND_HALLS) for one in HallType])
def test_r_h_1_every_type_has_its_cleaning_limits(kind, brand):
    strict, relaxed = (
        (rounds.STAIN, rounds.STAIN_RELAXED) if brand else (rounds.STAIN_OTHER, rounds.STAIN_OTHER_RELAXED)
    )
    assert rounds.stain_parameter(kind, relaxed=False) == strict
    assert rounds.stain_parameter(kind, relaxed=True) == relaxed
