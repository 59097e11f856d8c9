import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from config.demo import audit
from config.demo.day import Day, Plan
from config.demo.http import NoAnswer, Server
from halls.models import Hall
from halls.states import DeviceKind, QueueMode
from queueing.models import Ticket, TicketEvent, WindowSession
from queueing.states import Source
from queueing.states import TicketState as S
from staff.models import User
from staff.states import Role
from tests.factories import PASSWORD, make_device, make_hall, make_user

TOKEN = "hkd_simulated-kiosk"
Answerer = Callable[[int], int]


@pytest.fixture
def listening() -> Iterator[Callable[[Answerer], tuple[str, list[str]]]]:
    """A server that answers the n-th request with the status that a function says; 0 hangs up instead."""
    servers = []

    def listen(answerer: Answerer) -> tuple[str, list[str]]:
        keys: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                keys.append(self.headers["Idempotency-Key"])
                self.rfile.read(int(self.headers["Content-Length"]))
                status = answerer(len(keys))
                if not status:
                    self.close_connection = True
                    return
                body = b'{"id": "1"}' if status < 300 else b'{"code": "no", "message": "no"}'
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", keys

    yield listen
    for server in servers:
        server.shutdown()
        server.server_close()


def test_what_was_not_acknowledged_is_said_again_with_the_same_key(listening):
    url, keys = listening(lambda turn: {1: 503, 2: 0, 3: 429}.get(turn, 201))

    answer = Server(url).post("/tickets/", {"business": "payment"})

    assert (answer.status, answer.body) == (201, {"id": "1"})
    assert len(keys) == 4
    assert len(set(keys)) == 1


def test_two_acts_have_two_keys(listening):
    url, keys = listening(lambda turn: 201)
    server = Server(url)
    server.post("/tickets/")
    server.post("/tickets/")
    assert len(set(keys)) == 2


def test_a_refusal_is_an_answer(listening):
    url, keys = listening(lambda turn: 409)
    assert Server(url).post("/tickets/").code == "no"
    assert len(keys) == 1


def test_patience_ends(listening):
    url, _ = listening(lambda turn: 503)
    with pytest.raises(NoAnswer, match="503"):
        Server(url, patience=0.2).post("/tickets/")


def test_it_wants_a_server_and_a_login_list(tmp_path):
    with override_settings(VAR=tmp_path), pytest.raises(CommandError, match="run seed_demo first"):
        call_command("simulate_day", "ZJ01")


@pytest.mark.parametrize("wrong", [{"speed": 0}, {"minutes": -1}, {"clerks": 0}])
def test_senseless_options_are_refused(wrong):
    with pytest.raises(CommandError, match="--"):
        call_command("simulate_day", "ZJ01", **wrong)


@pytest.fixture
def people(transactional_db: None, tmp_path: Path, live_server: Any) -> Iterator[Callable[..., Hall]]:
    """A hall with a kiosk, a greeter and clerks, and the login list that names them."""

    def make(clerks: int = 3, **fields: Any) -> Hall:
        hall = make_hall("ZJ01", windows=clerks, **fields)
        make_device(hall, DeviceKind.KIOSK, token=TOKEN)
        rows = [_login(make_user(f"0100{number}", Role.CLERK, hall), "clerk", hall) for number in range(clerks)]
        rows.append(_login(make_user("01009", Role.GREETER, hall), "greeter", hall))
        rows.append({"role": "kiosk", "hall": hall.code, "url": f"{live_server.url}/pair/{TOKEN}/"})
        (tmp_path / "demo_logins.json").write_text(json.dumps(rows))
        return hall

    with override_settings(VAR=tmp_path):
        yield make


def _login(user: User, role: str, hall: Hall) -> dict[str, str]:
    return {"role": role, "username": user.staff_no, "password": PASSWORD, "hall": hall.code}


def play(url: str, **options: Any) -> dict[str, Any]:
    said = StringIO()
    call_command("simulate_day", "ZJ01", url=url, stdout=said, **{"patience": 20, **options})
    return json.loads(said.getvalue().splitlines()[-1])


def test_a_day_is_played_through_the_api_and_nothing_is_lost(people, live_server):
    hall = people()

    told = play(live_server.url, speed=1200, minutes=0.1)

    assert (told["lost"], told["doubled"], told["errors"], told["unanswered"]) == (0, 0, 0, 0)
    assert told["database"] is True
    assert told["tickets"] > 5
    assert told["served"] > 0
    assert told["open"] == 0
    assert Ticket.objects.filter(hall=hall).count() == told["tickets"]
    assert not Ticket.objects.filter(is_simulated=False).exists()
    assert not Ticket.objects.active().exists()
    assert not WindowSession.objects.filter(signed_out_at=None).exists()
    assert not WindowSession.objects.filter(is_simulated=False).exists()
    assert set(Ticket.objects.values_list("source", flat=True)) == {Source.KIOSK, Source.API}


def test_a_hall_with_a_line_is_played_too(people, live_server):
    hall = people(2, queue_mode=QueueMode.LINE, has_rest_area=False)

    told = play(live_server.url, speed=1200, minutes=0.08)

    assert (told["lost"], told["doubled"], told["errors"], told["unanswered"]) == (0, 0, 0, 0)
    assert told["served"] > 0
    assert set(Ticket.objects.filter(hall=hall).values_list("source", flat=True)) == {Source.LINE}
    assert not Ticket.objects.active().exists()


def test_one_clerk_and_one_window_are_left_for_a_person(people, live_server):
    people(6)
    day = Day(Plan("ZJ01", live_server.url), json.loads((_var() / "demo_logins.json").read_text()), print)
    day.prepare()
    day.floor.agenda.close()
    day.server.hang_up()
    assert [clerk.name for clerk in day.clerks] == ["01005", "01004", "01003", "01002", "01001"]
    first = Hall.objects.get(code="ZJ01").windows.get(number=1)
    assert all(clerk.seats[0] != first.pk for clerk in day.clerks)


def _var() -> Path:
    from django.conf import settings

    return settings.VAR


def test_the_audit_finds_what_was_tampered_with(people, live_server):
    hall = people()
    day = Day(
        Plan("ZJ01", live_server.url, speed=1200, minutes=0.05),
        json.loads((_var() / "demo_logins.json").read_text()),
        lambda text: None,
    )
    day.prepare()
    day.run()
    done = Ticket.objects.filter(hall=hall, state=S.DONE).first()
    gone, twice = Ticket.objects.filter(hall=hall).exclude(pk=done.pk)[:2]
    Ticket.objects.filter(pk=done.pk).update(state=S.WAITING)
    TicketEvent.objects.filter(ticket=gone).delete()
    Ticket.objects.filter(pk=gone.pk).delete()
    twice.events.filter(did="taken").update(before="waiting")

    found = audit.over_http(day.floor)
    day.server.hang_up()
    assert len(found.lost) == 2
    audit.in_database(day.floor, found, began=day.began, sure=True)

    assert found.database
    assert f"{gone.number} is not in the database" in found.lost
    assert f"{done.number} is waiting though its last event says {done.events.last().after}" in found.doubled
    assert f"{twice.number} does not begin with taking it" in found.doubled


def test_a_closed_hall_is_said_plainly(people, live_server):
    people(all_day=False)
    with pytest.raises(CommandError, match="ZJ01 gives no numbers now"):
        play(live_server.url, minutes=0.05)


def test_lost_numbers_end_it_with_one(people, live_server, monkeypatch):
    people()
    monkeypatch.setattr(audit, "in_database", lambda floor, found, **more: found.lost.append("A001 is gone"))
    with pytest.raises(SystemExit) as end:
        play(live_server.url, speed=1200, minutes=0.02)
    assert end.value.code == 1
