from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from core.forms import Styled
from halls.models import Hall
from staff.models import User
from staff.states import Role, TextSize

CERTIFICATES = [("", "全部上岗证"), ("soon", "30 天内到期"), ("over", "已到期"), ("missing", "应登记未登记")]
SORTED = [("", "按工号"), ("name", "按姓名"), ("certificate", "按上岗证到期"), ("login", "按最近登录")]
BAD_SIGN_IN = "工号或密码不对,请核对后再试。连续输错 5 次将锁定 15 分钟。"


def _secret(label: str, autocomplete: str) -> forms.CharField:
    box = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=box, strip=False, max_length=128)


class SignInForm(Styled, AuthenticationForm):
    username = forms.CharField(
        label="工号", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = _secret("密码", "current-password")
    error_messages = {"invalid_login": BAD_SIGN_IN, "inactive": BAD_SIGN_IN}


class UnlockForm(Styled, forms.Form):
    password = _secret("密码", "current-password")


class PasswordForm(Styled, forms.Form):
    """The old password, and a new one twice that keeps the rules."""

    old = _secret("当前密码", "current-password")
    new = _secret("新密码", "new-password")
    again = _secret("再输一次新密码", "new-password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_new(self) -> str:
        password_validation.validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            raise ValidationError({"again": "两次输入的新密码不一样,请核对。"})
        if given.get("new") and given["new"] == given.get("old"):
            raise ValidationError({"new": "新密码不能和当前密码相同。"})
        return given


class PeopleFilter(Styled, forms.Form):
    find = forms.CharField(label="姓名或工号", max_length=40, required=False)
    hall = forms.ModelChoiceField(
        label="营业厅", queryset=Hall.objects.none(), to_field_name="code", required=False, empty_label="全部营业厅"
    )
    role = forms.ChoiceField(label="岗位", choices=[("", "全部岗位"), *Role.choices], required=False)
    certificate = forms.ChoiceField(label="上岗证", choices=CERTIFICATES, required=False)
    state = forms.ChoiceField(label="状态", choices=[("", "在职"), ("left", "已离职")], required=False)
    sort = forms.ChoiceField(label="排序", choices=SORTED, required=False)

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]


class PreferenceForm(Styled, forms.Form):
    """The pages to choose from are those of the person's own menu."""

    start_page = forms.ChoiceField(label="登录后打开", required=False)
    text_size = forms.ChoiceField(label="文字大小", choices=TextSize.choices)

    def __init__(self, *args: Any, pages: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "工作台"), *((path, title) for path, title in pages.items() if path != "/")]
        self.fields["start_page"].choices = choices  # type: ignore[attr-defined]
