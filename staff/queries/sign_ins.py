"""Reads about who is signed in where (R-S-13)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework.authtoken.models import Token

from core.time import business_day
from staff.models import Employment, SignIn, User
from staff.queries.people import idle_minutes, in_force
from staff.rules import sign_ins as rules
from staff.states import Role

SEEN, LOCKED = "seen", "locked"  # keys of the session
SHOWN_ENDED = 20


@dataclass(frozen=True)
class Open:
    """A sign-in that still opens pages. `seen_at` is the last touch of a hand."""

    row: SignIn
    seen_at: datetime
    is_in_use: bool

    @property
    def device(self) -> str:
        return rules.device_words(self.row.agent)


def open_sign_ins(user: User, now: datetime) -> list[Open]:
    """Newest first. A session that ran out or was flushed elsewhere is not open, whatever its row says."""
    rows = list(SignIn.objects.filter(user=user, ended_at=None).select_related("user"))
    sessions = {
        session.session_key: session.get_decoded()
        for session in Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now)
    }
    minutes = idle_minutes(now)
    found = []
    for row in rows:
        kept = sessions.get(row.session_key)
        if kept is None:
            continue
        seen = datetime.fromisoformat(kept[SEEN]) if kept.get(SEEN) else row.at
        in_use = not kept.get(LOCKED) and rules.is_in_use(seen, now, idle_minutes=minutes)
        found.append(Open(row, seen, in_use))
    return found


def ended_sign_ins(user: User) -> list[SignIn]:
    return list(SignIn.objects.filter(user=user).exclude(ended_at=None).select_related("ended_by")[:SHOWN_ENDED])


def heads_over(user: User, now: datetime) -> QuerySet[User]:
    """The hall managers of the halls where somebody works today, except themselves."""
    today = in_force(business_day(now))
    halls = user.employments.filter(today, hall__isnull=False).values("hall")
    heads = Employment.objects.filter(today, role=Role.HALL_MANAGER, hall__in=halls, user__is_active=True)
    return User.objects.filter(pk__in=heads.values("user")).exclude(pk=user.pk)


def shut_out(day: date) -> QuerySet[User]:
    """People with an open sign-in or a token who have no job today any more (see `staff.auth.may_sign_in`)."""
    job = Employment.objects.filter(in_force(day), user=OuterRef("pk"))
    holds = Exists(SignIn.objects.filter(user=OuterRef("pk"), ended_at=None)) | Exists(
        Token.objects.filter(user=OuterRef("pk"))
    )
    return User.objects.filter(holds).filter(Q(is_active=False) | (Q(is_superuser=False) & ~Exists(job)))
