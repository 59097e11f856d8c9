"""Ways in, noted and ended (R-S-13): a second one elsewhere is shown to the person and, while the first is in use, to
the hall's manager; whoever leaves is out the same minute."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from rest_framework.authtoken.models import Token

from core import live, time
from core.errors import Refused
from messaging.actions import alert
from staff.models import SignIn, User
from staff.queries import sign_ins as queries
from staff.rules.sign_ins import device_words
from staff.states import AccessEnd


@dataclass(frozen=True)
class Browser:
    """Where a request came from, and the session that the sign-in opened there."""

    session_key: str
    device: str
    address: str = ""
    agent: str = ""


@transaction.atomic
def note(user: User, browser: Browser, *, now: datetime) -> list[queries.Open]:
    """Put a sign-in on record and return the open ones on other devices; an earlier one on the same device ends."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    others = []
    for found in queries.open_sign_ins(user, now):
        if found.row.device == browser.device:
            _end([found.row], AccessEnd.REPLACED, by=None, now=now)
        else:
            others.append(found)
    row = SignIn.objects.create(
        user=user,
        session_key=browser.session_key,
        device=browser.device,
        address=browser.address[:45],
        agent=browser.agent[:200],
        at=now,
    )
    if others:
        _tell_of_second(row, others)
    return others


def _tell_of_second(row: SignIn, others: list[queries.Open]) -> None:
    where = f"{time.local(row.at):%H:%M} 在 {row.address or '未知地址'}({device_words(row.agent)})"
    alert(
        [row.user],
        title="工号在另一台设备登录",
        body=f"{where}登录。如不是本人,请结束该登录并修改密码。",
        url=reverse("sign-ins"),
        key=f"sign_in:{row.pk}",
    )
    if any(other.is_in_use for other in others):
        alert(
            queries.heads_over(row.user, row.at),
            title=f"{row.user.name} 的工号同时在两处使用",
            body=f"{where}登录,另一处仍在使用。请核实是否本人,工号不得借用。",
            url=reverse("person", args=[row.user.staff_no]),
            key=f"sign_in:{row.pk}",
        )


@transaction.atomic
def end(sign_in: SignIn, *, actor: User, now: datetime) -> None:
    """Close one way in, with its page and its socket. Raises Refused("ended_already")."""
    row = SignIn.objects.select_for_update(of=("self",)).get(pk=sign_in.pk)
    if row.ended_at is not None:
        raise Refused("ended_already", "这次登录已经结束。")
    _end([row], AccessEnd.BY_PERSON if actor.pk == row.user_id else AccessEnd.BY_MANAGER, by=actor, now=now)


@transaction.atomic
def end_others(user: User, *, keep: str, now: datetime) -> int:
    """Close all ways in but the session in hand; return how many."""
    rows = list(SignIn.objects.select_for_update().filter(user=user, ended_at=None).exclude(session_key=keep))
    _end(rows, AccessEnd.BY_PERSON, by=user, now=now)
    return len(rows)


@transaction.atomic
def signed_out(session_key: str, *, now: datetime) -> None:
    """The person's own way out; Django removes the session itself."""
    _end(list(SignIn.objects.filter(session_key=session_key, ended_at=None)), AccessEnd.SIGNED_OUT, by=None, now=now)


@transaction.atomic
def after_new_password(user: User, *, old_key: str, new_key: str, now: datetime) -> None:
    """Django keeps the session in hand under a new key and void the others: so do the rows."""
    SignIn.objects.filter(session_key=old_key, ended_at=None).update(session_key=new_key)
    rows = SignIn.objects.filter(user=user, ended_at=None).exclude(session_key=new_key)
    _end(list(rows), AccessEnd.PASSWORD, by=None, now=now)


@transaction.atomic
def end_access(person: User, how: AccessEnd, *, by: User | None, now: datetime) -> None:
    """Everything that opens the product for a person ends: sessions, sockets, the API token."""
    _end(list(SignIn.objects.filter(user=person, ended_at=None)), how, by=by, now=now)
    Token.objects.filter(user=person).delete()
    live.hang_up(person.pk)


def end_run_out(now: datetime) -> int:
    """Sweep: ways in of people whose last job is over, and rows of sessions that ran out. Returns how many people."""
    live_keys = Session.objects.filter(expire_date__gt=now).values("session_key")
    _end(
        list(SignIn.objects.filter(ended_at=None).exclude(session_key__in=live_keys)),
        AccessEnd.RAN_OUT,
        by=None,
        now=now,
    )
    out = list(queries.shut_out(time.business_day(now)))
    for person in out:
        end_access(person, AccessEnd.LEFT, by=None, now=now)
    return len(out)


def _end(rows: list[SignIn], how: AccessEnd, *, by: User | None, now: datetime) -> None:
    for row in rows:
        row.ended_at, row.end, row.ended_by = now, how, by
        row.save(update_fields=["ended_at", "end", "ended_by"])
        live.hang_up(row.user_id, row.session_key)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
