from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.authtoken.models import TokenProxy

from core import time
from core.admin import RecordedAdmin, RecordedInline
from staff.actions import people as actions
from staff.models import Employment, User

# Rights come from employments, tokens are nobody's business but their owner's, and a lock-out shows on the person's
# page, where a reset lifts it.
for model in (Group, TokenProxy, AccessAttempt, AccessFailureLog, AccessLog):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class UserForm(forms.ModelForm):
    """A password typed here is a temporary one: the person has to change it at the next sign-in."""

    new_password = forms.CharField(
        label="密码",
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["staff_no", "name", "phone", "is_active", "is_superuser"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        new = self.instance.pk is None
        if "is_superuser" in self.fields:
            self.fields["is_superuser"].label = "系统所有者"
            self.fields["is_superuser"].help_text = "不看岗位,拥有全部权限。只有所有者能指定所有者。"
        self.fields["new_password"].required = new
        self.fields["new_password"].help_text = (
            "临时密码,本人登录后须修改。至少 10 位,不能全是数字。" if new else "留空则不改。填写后本人登录时须再修改。"
        )

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data.get("new_password") or "")
        if password:
            password_validation.validate_password(password, self.instance)
        return password


class EmploymentInline(RecordedInline):
    model = Employment
    autocomplete_fields = ["hall", "region"]


@admin.register(User)
class UserAdmin(RecordedAdmin):
    form = UserForm
    list_display = ["staff_no", "name", "shown_jobs", "is_active", "must_change_password", "last_login"]
    list_filter = ["is_active", "employments__role", "employments__hall"]
    search_fields = ["staff_no", "name"]
    inlines = [EmploymentInline]
    readonly_fields = ["must_change_password", "password_changed_at", "last_login", "joined_at"]
    fieldsets = [
        (None, {"fields": ["staff_no", "name", "phone", "is_active", "is_superuser"]}),
        (
            "登录",
            {"fields": ["new_password", "must_change_password", "password_changed_at", "last_login", "joined_at"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("employments__hall", "employments__region")

    @admin.display(description="岗位")
    def shown_jobs(self, user: User) -> str:
        today = time.business_day(time.now())
        return "、".join(str(job) for job in user.employments.all() if job.in_force(today)) or "—"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only an owner makes an owner."""
        shown = list(super().get_readonly_fields(request, obj))
        return shown if request.user.is_superuser else [*shown, "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People leave; their names stay on what they did."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        password = form.cleaned_data.get("new_password")
        if password and change and obj.pk == request.user.pk:
            raise PermissionDenied("请在「修改密码」页修改自己的密码。")
        super().save_model(request, obj, form, change)
        if password:
            actions.give_password(obj, password=password, now=time.now())
            self.record(request, obj, "密码", "", "", secret=True)


@admin.register(Employment)
class EmploymentAdmin(RecordedAdmin):
    list_display = ["user", "role", "hall", "region", "valid_from", "valid_to"]
    list_filter = ["role", "hall", "region"]
    search_fields = ["user__staff_no", "user__name"]
    autocomplete_fields = ["user", "hall", "region"]
    list_select_related = ["user", "hall", "region"]
