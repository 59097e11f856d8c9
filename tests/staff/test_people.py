"""The list of people: whose, found how, exported as what; and the bookkeeping around it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from core import live
from staff.context import Shell
from staff.menu import MENU
from staff.models import User
from staff.states import Role
from tests.factories import employ, make_hall, make_owner, make_region, make_user
from tests.staff.rights_page import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall(windows=0)


@pytest.fixture
def wang(client, hall):
    person = make_user("01001", Role.HALL_MANAGER, hall, name="王经理")
    client.force_login(person)
    return person


def listed(client, query="") -> list[str]:
    return [person.staff_no for person in client.get(f"/staff/{query}").context["page"]]


def test_a_manager_sees_the_people_of_the_own_hall_only(client, hall, wang):
    make_user("01002", Role.CLERK, hall)
    make_user("05001", Role.CLERK, make_hall("ZJ05", windows=0))
    make_user("90001", Role.DISTRICT, region=hall.region)
    make_owner()

    assert listed(client) == ["01001", "01002"]


def test_a_district_sees_its_halls_and_its_own_level(client, hall):
    make_user("01002", Role.CLERK, hall)
    make_user("80001", Role.CLERK, make_hall("NJ01", windows=0, region=make_region("GL")))
    client.force_login(make_user("90001", Role.DISTRICT, region=hall.region))
    make_user("90002", Role.INSPECTOR, region=hall.region)

    assert listed(client) == ["01002", "90001", "90002"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?find=李", ["01002"]),
        ("?find=0100", ["01001", "01002", "01003"]),
        ("?role=clerk", ["01002"]),
        ("?hall=ZJ01", ["01001", "01002", "01003"]),
        ("?hall=ZJ05", ["01001", "01002", "01003"]),
        ("?role=king", ["01001", "01002", "01003"]),
        ("?find=%00", ["01001", "01002", "01003"]),
        ("?find=%25", []),
        ("?page=99", ["01001", "01002", "01003"]),
        ("?page=x", ["01001", "01002", "01003"]),
    ],
)
def test_people_are_found_and_junk_is_shrugged_off(client, hall, wang, query, found):
    make_hall("ZJ05", windows=0)
    make_user("01002", Role.CLERK, hall, name="小李")
    make_user("01003", Role.GREETER, hall, name="周敏")

    assert listed(client, query) == found


def test_those_without_the_right_are_refused(client, hall):
    client.force_login(make_user("01002", Role.CLERK, hall))

    assert client.get("/staff/").status_code == 403
    assert client.get("/staff/export/").status_code == 403
    assert client.get("/staff/01002/").status_code == 200


def test_the_list_is_exported_as_it_is_filtered_and_no_cell_is_a_formula(client, hall, wang):
    make_user("01002", Role.CLERK, hall, name="=1+1", phone="13800000001")
    make_user("01003", Role.GREETER, hall, name="周敏")

    response = client.get("/staff/export/?role=clerk")

    text = b"".join(response.streaming_content).decode()
    assert text == (
        "\ufeff工号,姓名,岗位,手机号,上岗证有效期止,状态\r\n01002,'=1+1,营业员 ZJ01 营业厅,138****0001,,在职\r\n"
    )
    assert response["Content-Disposition"].startswith('attachment; filename="staff-')


def test_the_list_asks_as_much_for_one_person_as_for_ten(client, hall, wang, django_assert_max_num_queries):
    client.get("/staff/")
    with django_assert_max_num_queries(40) as few:
        client.get("/staff/")
    for number in range(2, 12):
        make_user(f"010{number:02d}", Role.CLERK, hall)
    with django_assert_max_num_queries(40) as many:
        assert len(listed(client)) == 11

    assert len(many) == len(few)


def test_a_persons_page_shows_the_history_that_one_may_see(client, hall, wang):
    li = make_user("01002", Role.CLERK, hall)
    employ(li, Role.CLERK, make_hall("ZJ05", windows=0))

    assert [job.hall.code for job in client.get("/staff/01002/").context["jobs"]] == ["ZJ01"]
    client.force_login(li)
    assert {job.hall.code for job in client.get("/staff/01002/").context["jobs"]} == {"ZJ01", "ZJ05"}


OWN = {"/my-shifts/"}  # opens for everybody, and shows nobody but oneself
LINES = [line for section in MENU for line in section.lines]


def may_see(role: Role, line) -> bool:
    verbs = {line.verb} if isinstance(line.verb, str) else set(line.verb)
    return verbs == {""} or role == Role.OPERATIONS or any(role in told()[verb][1] for verb in verbs)


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_its_own_lines_and_each_of_them_opens(client, hall, role):
    person = make_user("01002", role, hall)
    request = RequestFactory().get("/halls/devices/")
    request.user = person
    menu = [line for section in Shell(request).menu for line in section.lines]
    client.force_login(person)

    assert [line.title for line in menu] == [line.title for line in LINES if may_see(role, line)]
    assert [line.title for line in menu if line.here] == [one.title for one in menu if one.title == "设备配对"]
    opened = {line.path: client.get(line.path, follow=True).status_code for line in menu}
    assert opened == dict.fromkeys(opened, 200)


@pytest.mark.parametrize("role", [Role.CLERK, Role.INSPECTOR])
def test_what_is_not_in_the_menu_does_not_open_by_its_address_either(client, hall, role):
    client.force_login(make_user("01002", role, hall))
    hidden = [line.path for line in LINES if not may_see(role, line) and line.path not in OWN]

    answered = {path: client.get(path).status_code for path in hidden}

    assert {path: code for path, code in answered.items() if code not in {302, 403, 404}} == {}


def test_a_page_without_sign_in_reads_no_session(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/pair/")
    assert "sessionid" not in client.cookies


# ---- sockets ---------------------------------------------------------------------------------------------------


def test_a_halls_nudges_are_for_those_who_may_see_it(hall):
    make_hall("ZJ05", windows=0)
    li = make_user("01002", Role.CLERK, hall)

    assert live.may_listen(li, "hall.ZJ01") is True
    assert live.may_listen(li, "hall.ZJ05") is False
    assert live.may_listen(li, "hall.NOPE") is False
    assert live.may_listen(li, "hall.") is False
    assert live.may_listen(make_user("01003", None), "hall.ZJ01") is False


# ---- the first owner -------------------------------------------------------------------------------------------


def create_owner(tmp_path, password="Correct-Horse-9", staff_no="BOSS01"):
    file = tmp_path / "password"
    file.write_text(password + "\n", encoding="utf-8")
    call_command("create_owner", staff_no, "--name", "总管", "--password-file", str(file), stdout=StringIO())


def test_the_first_owner_can_sign_in(client, tmp_path):
    create_owner(tmp_path)

    assert client.post("/login/", {"username": "BOSS01", "password": "Correct-Horse-9"}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_there_is_no_second_first_owner(tmp_path):
    create_owner(tmp_path)
    with pytest.raises(CommandError, match="BOSS01"):
        create_owner(tmp_path, staff_no="BOSS02")
    assert User.objects.count() == 1


@pytest.mark.parametrize(("password", "staff_no"), [("short", "BOSS01"), ("", "BOSS01"), ("Correct-Horse-9", "工号")])
def test_a_bad_owner_is_not_made(tmp_path, password, staff_no):
    with pytest.raises(CommandError):
        create_owner(tmp_path, password, staff_no)
    assert User.objects.count() == 0


def test_without_a_terminal_the_password_comes_from_a_file(tmp_path):
    with pytest.raises(CommandError, match="--password-file"):
        call_command("create_owner", "BOSS01", "--name", "总管")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("create_owner", "BOSS01", "--name", "总管", "--password-file", str(tmp_path / "none"))
