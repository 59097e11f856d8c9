from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from messaging import queries
from messaging.models import MessageTemplate

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)


def wording(text: str = "{number} 请到 {window}办理。", **fields) -> MessageTemplate:
    return MessageTemplate(key="queue_called", text=text, **{"valid_from": DAY, **fields})


@pytest.fixture
def no_wordings():
    MessageTemplate.objects.all().delete()


def test_the_first_wordings_are_those_of_the_screen_list():
    assert queries.wording("queue_near", on=DAY).text == "您的号码 {number} 前面还有 {ahead} 位,请回到{hall}等候。"
    assert queries.wording("queue_called", on=DAY).text == "{number} 请到 {window}办理,{minutes} 分钟内有效。"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 21), None),
        (date(2026, 11, 22), "first"),
        (date(2026, 11, 30), "first"),
        (date(2026, 12, 1), "second"),
        (date(2036, 1, 1), "second"),
    ],
)
def test_the_wording_in_force_on_the_day_is_used(no_wordings, day, text):
    wording("first", valid_to=date(2026, 11, 30)).save()
    wording("second", valid_from=date(2026, 12, 1)).save()

    found = queries.wording("queue_called", on=day)

    assert (found and found.text) == text


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 11, 1), None),
        (date(2026, 11, 1), date(2026, 11, 22)),
        (date(2026, 11, 30), date(2026, 12, 31)),
        (date(2026, 11, 25), date(2026, 11, 26)),
    ],
)
def test_overlapping_validity_is_refused_with_a_sentence(no_wordings, start, end):
    wording(valid_to=date(2026, 11, 30)).save()
    other = wording(valid_from=start, valid_to=end)

    with pytest.raises(ValidationError) as no:
        other.full_clean()

    assert no.value.messages == ["同一短信的有效期不能重叠,请先修改另一条的失效日期。"]
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_validity_that_only_touches_is_fine(no_wordings):
    wording(valid_to=date(2026, 11, 30)).save()

    wording(valid_from=date(2026, 12, 1)).full_clean()
    wording(valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 21)).full_clean()


def test_a_wording_may_be_saved_again_unchanged():
    row = MessageTemplate.objects.get(key="queue_near")

    row.full_clean()


def test_a_wording_cannot_end_before_it_starts(no_wordings):
    with pytest.raises(ValidationError) as no:
        wording(valid_to=date(2026, 11, 21)).full_clean()

    assert no.value.message_dict == {"valid_to": ["失效日期不能早于生效日期。"]}


def test_an_unknown_placeholder_is_refused_with_what_can_be_used(no_wordings):
    with pytest.raises(ValidationError) as no:
        wording("{number} 请到 {windo}办理{").full_clean()

    assert no.value.message_dict == {"text": ["{windo}、{ 不能识别,可以使用:{number}、{window}、{minutes}。"]}


def test_a_text_nobody_sends_is_refused(no_wordings):
    with pytest.raises(ValidationError) as no:
        MessageTemplate(key="no_such_text", text="x", valid_from=DAY).full_clean()

    assert no.value.message_dict == {"key": ["没有这种短信。"]}
