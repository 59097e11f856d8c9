"""Every change made in the admin goes on record, field by field."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from core import parameters
from core.models import Parameter, SettingChange


def _shown(value: Any) -> str:
    if hasattr(value, "all"):
        value = value.all()
    if isinstance(value, (list, tuple)) or hasattr(value, "iterator"):
        return "、".join(sorted(str(part) for part in value))
    return "" if value is None else str(value)


class RecordedAdmin(admin.ModelAdmin):
    """Writes one SettingChange per changed field. Secrets are recorded as changed, never shown."""

    secret_fields: tuple[str, ...] = ("password", "token_hash")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        before = type(obj)._base_manager.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        for field in form.changed_data:
            old = form.initial.get(field) if before is None or not hasattr(before, field) else getattr(before, field)
            self.record(request, obj, field, "" if before is None else _shown(old), _shown(form.cleaned_data.get(field)))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.record(request, obj, "删除", str(obj), "")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.record(request, obj, "删除", str(obj), "")
        super().delete_queryset(request, queryset)

    def record(self, request: HttpRequest, obj: Model, field: str, before: str, after: str) -> None:
        secret = field in self.secret_fields
        SettingChange.objects.create(
            actor_id=request.user.pk,
            thing=obj._meta.label,
            thing_id=str(obj.pk),
            label=str(obj)[:200],
            field=field[:60],
            before="(不显示)" if secret else before,
            after="(已修改)" if secret else after,
        )


class ParameterForm(forms.ModelForm):
    name = forms.ChoiceField(label="参数", choices=parameters.choices)

    class Meta:
        model = Parameter
        fields = ["name", "scope", "value", "valid_from", "note"]


@admin.register(Parameter)
class ParameterAdmin(RecordedAdmin):
    form = ParameterForm
    list_display = ["name", "scope", "value", "valid_from", "note"]
    list_filter = ["name"]
    search_fields = ["name", "scope"]


@admin.register(SettingChange)
class SettingChangeAdmin(admin.ModelAdmin):
    list_display = ["at", "actor", "thing", "label", "field", "before", "after"]
    list_filter = ["thing"]
    search_fields = ["label", "field", "actor__staff_no", "actor__name"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
