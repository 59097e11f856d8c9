"""Changes to people's access."""

import secrets
from datetime import datetime

from axes.utils import reset as unlock
from django.core.exceptions import PermissionDenied
from django.db import transaction
from rest_framework.authtoken.models import Token

from core import changes
from core.errors import Refused
from staff import access
from staff.actions.sign_ins import end_access
from staff.models import User
from staff.states import AccessEnd

TEMPORARY_LENGTH = 12
READABLE = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"  # nothing that looks like something else


@transaction.atomic
def change_password(user: User, *, password: str, now: datetime) -> None:
    """The person's own act; the rules of a good password were checked by the form."""
    _set_password(user, password, must_change=False, now=now)
    changes.record(user, "密码", actor=user, before="(不显示)", after="(本人修改)")


@transaction.atomic
def reset_password(person: User, *, actor: User, now: datetime) -> str:
    """A temporary password, shown once; the lock is lifted and the API token is void.

    Raises PermissionDenied for people above the actor or outside the actor's halls.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if not access.may_reset_password(actor, person):
        raise PermissionDenied("只能重置本人管理范围内下级人员的密码。")
    if not person.is_active:
        raise Refused("has_left", "该人员已停用,不能重置密码。")
    password = give_temporary_password(person, now=now)
    changes.record(person, "密码", actor=actor, before="(不显示)", after="(已重置)")
    return password


@transaction.atomic
def give_temporary_password(person: User, *, now: datetime) -> str:
    """One that nobody knows yet: hand it over in person, it is kept nowhere."""
    password = "".join(secrets.choice(READABLE) for _ in range(TEMPORARY_LENGTH))
    give_password(person, password=password, now=now)
    return password


@transaction.atomic
def give_password(person: User, *, password: str, now: datetime) -> None:
    """A temporary one from somebody else's hand: the old password ends, and with it the token, every way in and a
    lock-out."""
    _set_password(person, password, must_change=True, now=now)
    end_access(person, AccessEnd.PASSWORD, by=None, now=now)
    unlock(username=person.staff_no)


def _set_password(user: User, password: str, *, must_change: bool, now: datetime) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


@transaction.atomic
def renew_token(user: User) -> Token:
    """A new API token; programs that use the old one are out at once."""
    Token.objects.filter(user=user).delete()
    token = Token.objects.create(user=user)
    changes.record(user, "接口令牌", actor=user, before="(不显示)", after="(已更换)")
    return token
