"""The demo city at full size, because its promises only mean something where people wait."""

from pathlib import Path

import pytest
from django.test import override_settings

from queueing.models import Ticket
from queueing.queries import promises
from tests.config.test_seed import seed

pytestmark = pytest.mark.django_db


def test_r_q_9_nine_of_ten_were_called_within_what_they_were_told(tmp_path: Path) -> None:
    with override_settings(VAR=tmp_path):
        seed(days=3, scale=1)
    days = set(Ticket.objects.values_list("hall_id", "business_day"))
    told = [promises.kept(hall, day) for hall, day in days]
    count = sum(one.count for one in told)
    within = sum(one.count * one.share_within for one in told if one.share_within is not None)
    assert count > 1000
    assert 0.84 < within / count < 0.96
