from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed

from staff.auth import may_sign_in
from staff.models import User


class StaffToken(TokenAuthentication):
    """`Authorization: Token …` of a person; worth nothing from the minute the person has left."""

    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        user, token = super().authenticate_credentials(key)
        if not may_sign_in(user):
            raise AuthenticationFailed("账号已停用,请联系店长。")
        return user, token
