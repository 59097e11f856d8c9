"""The knowledge base: found in a few letters, versions kept, edited by few."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from core import time
from core.errors import Refused
from staff.actions import knowledge as actions
from staff.actions.knowledge import Content, Naming
from staff.models import Article, ArticleVersion
from staff.queries import knowledge as queries
from staff.rules import knowledge as rules
from staff.states import Role
from tests.factories import make_business, make_hall, make_user

TODAY = time.business_day(time.now())


@pytest.mark.parametrize(
    ("title", "aliases", "initials"),
    [("补卡换卡", "SIM", " bkhk sim"), ("5G 套餐", "", " 5g tc"), ("携号转网(携出)", "转网", " xhzw xc zw")],
)
def test_names_become_initials_name_by_name(title, aliases, initials):
    assert rules.joined(name.initials for name in rules.names(title, aliases)) == initials


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_a_needle_without_blanks(asked):
    needle = rules.needle(asked)

    assert len(needle) <= 40
    assert needle == rules.needle(needle)


@pytest.fixture
def editor(db):
    return make_user("00001", Role.DISTRICT, region=make_hall(windows=0).region)


def content(**fields) -> Content:
    return Content(**{"conditions": "机主本人到场", "answer": "请出示证件。", "valid_from": TODAY, **fields})


def add(editor, title, aliases="", *, business=None, **fields) -> Article:
    naming = Naming(title, aliases, make_business(business) if business else None)
    return actions.add_article(naming, content(**fields), actor=editor, now=time.now())


@pytest.fixture
def shelf(editor):
    add(editor, "补卡换卡", "丢卡 SIM 卡", business="sim_replace")
    add(editor, "宽带新装", "光纤", business="broadband")
    add(editor, "办卡开户", "入网", business="new_account")
    add(editor, "过户")


def titles(asked) -> list[str]:
    return [one.article.title for one in queries.find(asked, TODAY)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bk", ["办卡开户", "补卡换卡"]),
        ("bkhk", ["补卡换卡"]),
        ("BKHK", ["补卡换卡"]),
        ("补卡", ["补卡换卡"]),
        ("dk", ["补卡换卡"]),
        ("buka", ["补卡换卡"]),
        ("sim", ["补卡换卡"]),
        ("光纤", ["宽带新装"]),
        ("kd xz", ["宽带新装"]),
        ("guohu", ["过户"]),
        ("broadband", ["宽带新装"]),
        ("zzz", []),
        ("", []),
        ("%", []),
        ("~", []),
    ],
)
def test_an_article_is_found_by_name_other_name_initials_and_pinyin(shelf, asked, found):
    assert titles(asked) == found


def test_the_nearest_comes_first(editor):
    add(editor, "积分查询")
    add(editor, "查询密码")
    add(editor, "查询")

    assert titles("查询") == ["查询", "查询密码", "积分查询"]


@pytest.mark.parametrize("count", [1, 40])
def test_finding_asks_two_questions_however_many_articles_there_are(editor, django_assert_num_queries, count):
    for number in range(count):
        add(editor, f"补卡说明{number}")

    with django_assert_num_queries(2):
        assert len(queries.find("bk", TODAY)) == min(count, queries.MOST)


def test_the_version_of_the_day_holds_and_the_others_stay(editor):
    article = add(editor, "补卡换卡", answer="旧", valid_from=TODAY - timedelta(days=30))
    actions.revise(article.pk, content(answer="新"), actor=editor, now=time.now())
    tomorrow = TODAY + timedelta(days=1)
    actions.revise(article.pk, content(answer="明天", valid_from=tomorrow), actor=editor, now=time.now())

    def said(day):
        return [one.version.answer for one in queries.find("bk", day)]

    assert (said(TODAY - timedelta(days=1)), said(TODAY), said(tomorrow)) == (["旧"], ["新"], ["明天"])
    assert list(article.versions.values_list("number", flat=True)) == [3, 2, 1]


def test_what_ran_out_and_what_is_out_of_use_is_not_found(editor):
    article = add(editor, "补卡换卡")
    actions.set_active(article.pk, active=False, actor=editor)
    assert titles("bk") == []
    actions.set_active(article.pk, active=True, actor=editor)
    ArticleVersion.objects.update(valid_from=TODAY - timedelta(days=9), valid_to=TODAY - timedelta(days=1))
    assert titles("bk") == []


def test_what_ends_soon_without_a_successor_is_told(editor):
    ends = TODAY + timedelta(days=3)
    add(editor, "暑期套餐", valid_to=ends)
    kept = add(editor, "校园套餐", valid_to=ends)
    actions.revise(kept.pk, content(valid_from=ends), actor=editor, now=time.now())

    assert [one.article.title for one in queries.ending(TODAY, days=7)] == ["暑期套餐"]
    assert queries.ending(TODAY, days=2) == []


def test_a_title_is_used_once(editor):
    add(editor, "过户")
    with pytest.raises(Refused) as no:
        add(editor, "过户")
    assert no.value.code == "title_taken"
    assert Article.objects.count() == 1


def test_renaming_makes_it_found_by_the_new_letters(editor):
    article = add(editor, "过户")
    actions.rename(article.pk, Naming("更名过户", "转让"), actor=editor)

    assert (titles("gm"), titles("zr"), titles("gh")) == (["更名过户"], ["更名过户"], ["更名过户"])


@pytest.mark.parametrize("role", [Role.CLERK, Role.HALL_MANAGER])
def test_only_district_and_operations_edit(client, shelf, role):
    reader = make_user("01001", role, make_hall("ZJ02", windows=0))
    client.force_login(reader)
    article = Article.objects.get(title="过户")

    with pytest.raises(PermissionDenied):
        actions.revise(article.pk, content(), actor=reader, now=time.now())
    for address in ("new/", f"{article.pk}/revise/", f"{article.pk}/rename/"):
        assert client.get(f"/staff/knowledge/{address}").status_code == 403
    assert client.get(f"/staff/knowledge/{article.pk}/").status_code == 200


def test_the_counters_list_shows_what_was_typed_or_the_customers_business(client, shelf):
    client.force_login(make_user("01002", Role.CLERK, make_hall("ZJ02", windows=0)))

    def shown(query):
        return [one.article.title for one in client.get(f"/staff/knowledge/find/{query}").context["entries"]]

    assert shown("?q=bkhk") == ["补卡换卡"]
    assert shown("?business=broadband") == ["宽带新装"]
    assert shown("?q=%00") == []
    assert shown("") == []


def test_a_new_article_is_written_on_the_page_and_found_by_a_program(client, editor):
    client.force_login(editor)
    made = {"title": "漫游开通", "conditions": "无欠费", "answer": "已为您开通。", "valid_from": TODAY.isoformat()}
    assert client.post("/staff/knowledge/new/", {**made, "title": ""}).status_code == 200
    client.post("/staff/knowledge/new/", made)

    found = client.get("/api/v1/knowledge/?q=mykt").json()
    assert [(row["title"], row["version"]) for row in found["results"]] == [("漫游开通", 1)]
    assert client.get(f"/api/v1/knowledge/?q={'长' * 50}").status_code == 400
