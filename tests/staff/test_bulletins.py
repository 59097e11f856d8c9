"""Business notices: whom they reach, who has confirmed, who is urged."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from core import time
from core.errors import Refused
from halls.states import RegionLevel
from messaging.models import Notice
from staff.actions import bulletins as actions
from staff.actions.bulletins import Text
from staff.models import Bulletin, BulletinConfirmation
from staff.queries import bulletins as queries
from staff.states import BulletinState, Role
from tests.factories import employ, make_hall, make_owner, make_region, make_user

pytestmark = pytest.mark.django_db
TODAY = time.business_day(time.now())


@pytest.fixture
def now():
    return time.now()


@pytest.fixture
def city():
    return make_region("ZJ", level=RegionLevel.CITY, name="镇江")


@pytest.fixture
def people(city):
    here, there = make_hall("ZJ01", windows=0), make_hall("ZJ05", windows=0, region=make_region("DY", parent=city))
    return {
        "li": make_user("01002", Role.CLERK, here, name="小李"),
        "wang": make_user("01001", Role.HALL_MANAGER, here, name="王经理"),
        "zhao": make_user("05002", Role.CLERK, there, name="赵"),
        "district": make_user("00001", Role.DISTRICT, region=here.region),
        "operations": make_user("00009", Role.OPERATIONS, region=city),
    }


@pytest.fixture
def here(people):
    return people["li"].employments.get().hall


def text(**fields) -> Text:
    return Text(**{"title": "补卡新规", "body": "自即日起补卡须双人核验。", "valid_from": TODAY, **fields})


def issued(author, now, **fields) -> Bulletin:
    return actions.issue(actions.draft(text(**fields), author=author, now=now).pk, actor=author, now=now)


def reached(bulletin) -> set[str]:
    return set(queries.addressees(bulletin, TODAY).values_list("staff_no", flat=True))


@pytest.mark.parametrize(
    ("audience", "roles", "who"),
    [
        ("hall", (), {"01001", "01002"}),
        ("hall", (Role.CLERK,), {"01002"}),
        ("district", (), {"01001", "01002", "00001"}),
        ("city", (), {"01001", "01002", "05002", "00001", "00009"}),
        ("city", (Role.CLERK,), {"01002", "05002"}),
        ("both", (Role.CLERK,), {"01002", "05002"}),
    ],
)
def test_an_audience_is_the_people_of_its_places_in_its_roles(people, here, city, now, audience, roles, who):
    there = people["zhao"].employments.get().hall
    places = {
        "hall": {"halls": [here]},
        "district": {"regions": [here.region]},
        "city": {"regions": [city]},
        "both": {"halls": [here, there]},
    }[audience]
    bulletin = issued(people["operations"], now, roles=roles, **places)

    assert reached(bulletin) == who
    asked = {one.staff_no for one in people.values() if queries.unconfirmed(one, TODAY).exists()}
    assert asked == who
    assert set(Notice.objects.values_list("user__staff_no", flat=True)) == who


def test_who_joins_later_is_asked_and_who_left_is_not(people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    late = make_user("01009", Role.CLERK, here)
    people["li"].employments.update(valid_to=TODAY - timedelta(days=1))

    assert reached(bulletin) == {"01001", "01009"}
    assert queries.unconfirmed(late, TODAY).get() == bulletin


def test_two_jobs_are_asked_once(people, here, now):
    employ(people["li"], Role.DUTY_MANAGER, here)
    bulletin = issued(people["wang"], now, halls=[here])

    assert list(queries.for_person(people["li"], TODAY)) == [bulletin]
    assert queries.addressees(bulletin, TODAY).count() == 2


@pytest.mark.parametrize(("first", "last", "shown"), [(-1, None, 1), (0, 0, 1), (1, None, 0), (-3, -1, 0)])
def test_a_notice_is_shown_on_its_days_only(people, here, now, first, last, shown):
    bulletin = issued(people["wang"], now, halls=[here])
    day = lambda step: None if step is None else TODAY + timedelta(days=step)  # noqa: E731
    Bulletin.objects.filter(pk=bulletin.pk).update(valid_from=day(first), valid_to=day(last))

    assert queries.unconfirmed(people["li"], TODAY).count() == shown


def test_confirming_twice_is_confirming_once(people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    first = actions.confirm(bulletin.pk, person=people["li"], now=now)

    assert actions.confirm(bulletin.pk, person=people["li"], now=now + timedelta(hours=1)) == first
    assert queries.counts([bulletin], TODAY) == {bulletin.pk: (1, 2)}


def test_only_addressees_confirm_and_only_while_it_holds(people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    for person, code in ((people["zhao"], "not_addressed"), (people["li"], "not_in_force")):
        if code == "not_in_force":
            actions.withdraw(bulletin.pk, actor=people["wang"], now=now)
        with pytest.raises(Refused) as no:
            actions.confirm(bulletin.pk, person=person, now=now)
        assert no.value.code == code
    assert not BulletinConfirmation.objects.exists()


def test_urging_rings_once_a_day_at_those_within_reach_who_have_not_confirmed(people, here, city, now):
    bulletin = issued(people["operations"], now, regions=[city], roles=(Role.CLERK, Role.HALL_MANAGER))
    actions.confirm(bulletin.pk, person=people["wang"], now=now)
    Notice.objects.all().delete()

    assert actions.urge(bulletin.pk, actor=people["wang"], now=now) == 1
    assert actions.urge(bulletin.pk, actor=people["wang"], now=now) == 1
    assert list(Notice.objects.values_list("user__staff_no", flat=True)) == ["01002"]
    actions.confirm(bulletin.pk, person=people["li"], now=now)
    with pytest.raises(Refused) as no:
        actions.urge(bulletin.pk, actor=people["wang"], now=now)
    assert no.value.code == "all_confirmed"


@pytest.mark.parametrize("who", ["li", "wang", "district"])
def test_nobody_writes_beyond_their_own_reach(people, here, city, now, who):
    beyond = {"li": {"halls": [here]}, "wang": {"regions": [here.region]}, "district": {"regions": [city]}}[who]
    with pytest.raises(PermissionDenied):
        actions.draft(text(**beyond), author=people[who], now=now)
    assert not Bulletin.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "no_audience"),
        ({"valid_to": TODAY - timedelta(days=1)}, "ends_too_early"),
        ({"valid_from": date(2030, 1, 2), "valid_to": date(2030, 1, 1)}, "ends_too_early"),
    ],
)
def test_a_notice_that_cannot_be_read_is_refused(people, here, now, fields, code):
    audience = {} if code == "no_audience" else {"halls": [here]}
    with pytest.raises(Refused) as no:
        actions.draft(text(**audience, **fields), author=people["wang"], now=now)
    assert no.value.code == code


def test_what_was_issued_is_not_rewritten(people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    with pytest.raises(Refused) as no:
        actions.rewrite(bulletin.pk, text(title="别的", halls=[here]), author=people["wang"], now=now)

    assert no.value.code == "already_issued"
    bulletin.refresh_from_db()
    assert bulletin.title == "补卡新规"


def test_an_audience_of_nobody_is_not_issued(people, now):
    empty = make_hall("ZJ02", windows=0)
    draft = actions.draft(text(halls=[empty]), author=make_owner(), now=now)
    with pytest.raises(Refused) as no:
        actions.issue(draft.pk, actor=make_owner("OWNER2"), now=now)
    assert no.value.code == "nobody_addressed"


# ---- pages and API ---------------------------------------------------------------------------------------------------


def test_a_stranger_sees_nothing_and_a_draft_is_the_writers(client, people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    draft = actions.draft(text(halls=[here]), author=people["wang"], now=now)

    for who, statuses in {"li": (200, 404), "zhao": (404, 404), "wang": (200, 200), "district": (200, 200)}.items():
        client.force_login(people[who])
        found = tuple(client.get(f"/staff/bulletins/{one.pk}/").status_code for one in (bulletin, draft))
        assert (who, found) == (who, statuses)


def test_a_clerk_reads_confirms_and_writes_nothing(client, people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    client.force_login(people["li"])

    assert client.post(f"/staff/bulletins/{bulletin.pk}/confirm/").status_code == 302
    assert BulletinConfirmation.objects.get().person == people["li"]
    assert client.get("/staff/bulletins/new/").status_code == 403
    for verb in ("urge", "withdraw", "issue"):
        assert client.post(f"/staff/bulletins/{bulletin.pk}/{verb}/").status_code == 403
    bulletin.refresh_from_db()
    assert bulletin.state == BulletinState.ISSUED


def test_the_editor_issues_at_once_and_keeps_what_was_typed(client, people, here):
    client.force_login(people["wang"])
    typed = {"title": "停电演练", "body": "周五 9 点。", "kind": "safety", "valid_from": TODAY.isoformat(), "issue": ""}

    kept = client.post("/staff/bulletins/new/", typed)
    assert kept.context["form"]["body"].value() == "周五 9 点。"
    assert not Bulletin.objects.exists()
    client.post("/staff/bulletins/new/", {**typed, "halls": [here.pk]})
    assert Bulletin.objects.get().state == BulletinState.ISSUED
    table = b"".join(client.get(f"/staff/bulletins/{Bulletin.objects.get().pk}/readers/").streaming_content).decode()
    assert [row.split(",")[0] for row in table.splitlines()] == ["\ufeff工号", "01001", "01002"]


def test_the_api_lists_and_confirms(client, people, here, now):
    bulletin = issued(people["wang"], now, halls=[here])
    client.force_login(people["li"])

    first = client.get("/api/v1/bulletins/?unconfirmed=true").json()
    assert [(row["id"], row["confirmed"]) for row in first["results"]] == [(bulletin.pk, False)]
    assert client.post(f"/api/v1/bulletins/{bulletin.pk}/confirm/").status_code == 200
    assert client.get("/api/v1/bulletins/?unconfirmed=true").json()["count"] == 0
    client.force_login(people["zhao"])
    assert client.post(f"/api/v1/bulletins/{bulletin.pk}/confirm/").status_code == 404


def test_a_list_of_my_notices_asks_as_much_for_one_as_for_many(
    client, people, here, now, django_assert_max_num_queries
):
    issued(people["wang"], now, halls=[here])
    client.force_login(people["li"])
    client.get("/staff/bulletins/")
    with django_assert_max_num_queries(40) as few:
        client.get("/staff/bulletins/")
    for _ in range(5):
        issued(people["wang"], now, halls=[here])
    with django_assert_max_num_queries(40) as many:
        assert len(client.get("/staff/bulletins/").context["page"]) == 6
    assert len(many) == len(few)


def test_datetime_is_used_in_shanghai(people, here):
    """Just after midnight in Shanghai the day is the new one, though UTC still has the old."""
    late = datetime(2026, 11, 24, 0, 30, tzinfo=time.SHANGHAI)
    bulletin = issued(people["wang"], late, halls=[here], valid_from=date(2026, 11, 24), valid_to=date(2026, 11, 24))

    assert actions.confirm(bulletin.pk, person=people["li"], now=late).at == late
