"""Every change made in the admin goes on record, field by field."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from core import changes, parameters
from core.models import Parameter, SettingChange


class RecordedAdmin(admin.ModelAdmin):
    """Writes one SettingChange per changed field, of inline rows too. Secrets are recorded as changed, never shown."""

    secret_fields: tuple[str, ...] = ("password", "token_hash", "phone")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        before = type(obj)._base_manager.filter(pk=obj.pk).first() if change else None
        told = list(_differences(before, form)) if before else []
        super().save_model(request, obj, form, change)
        for field, label, old, new in told:
            self.record(request, obj, label, old, new, secret=field in self.secret_fields)
        if not change:
            self.record(request, obj, "新增", "", str(obj))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        told = []
        for row in formset.initial_forms:
            if row not in formset.deleted_forms and row.has_changed():
                before = type(row.instance)._base_manager.get(pk=row.instance.pk)
                told += [(row.instance, *difference) for difference in _differences(before, row)]
        for row in formset.deleted_forms:
            if row.instance.pk:
                self.record(request, row.instance, "删除", str(row.instance), "")
        super().save_formset(request, form, formset, change)
        for obj, field, label, old, new in told:
            self.record(request, obj, label, old, new, secret=field in self.secret_fields)
        for obj in formset.new_objects:
            self.record(request, obj, "新增", "", str(obj))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.record(request, obj, "删除", str(obj), "")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.record(request, obj, "删除", str(obj), "")
        super().delete_queryset(request, queryset)

    def record(
        self, request: HttpRequest, obj: Model, field: str, before: str, after: str, *, secret: bool = False
    ) -> None:
        if secret:
            before, after = "(不显示)", "(已修改)"
        changes.record(obj, field, actor=request.user, before=before, after=after)


class RecordedInline(admin.TabularInline):
    """Rows inside another page; that page's `save_formset` puts their changes on record."""

    extra = 0
    show_change_link = False


def _differences(before: Model, form: Any) -> Iterator[tuple[str, str, str, str]]:
    """Field, its label, old and new value, for each field the form changes; read before anything is saved."""
    for field in form.changed_data:
        if field in form.fields and hasattr(before, field):
            asked = form.fields[field]
            offered: Any = asked.choices if isinstance(asked, forms.TypedChoiceField) else ()
            words = {str(key): text for key, text in offered}
            old, new = changes.shown(getattr(before, field)), changes.shown(form.cleaned_data.get(field))
            yield field, str(asked.label or field), str(words.get(old, old)), str(words.get(new, new))


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the product writes; people look at them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ParameterForm(forms.ModelForm):
    name = forms.ChoiceField(label="参数", choices=parameters.choices)
    value = forms.IntegerField(label="值")

    class Meta:
        model = Parameter
        fields = ["name", "scope", "value", "valid_from", "note"]


@admin.register(Parameter)
class ParameterAdmin(RecordedAdmin):
    form = ParameterForm
    list_display = ["label", "scope_shown", "value", "valid_from", "note"]
    list_filter = ["name"]
    search_fields = ["name", "scope"]
    search_help_text = "参数代码或营业厅、区域代码"

    @admin.display(description="参数", ordering="name")
    def label(self, row: Parameter) -> str:
        return dict(parameters.choices()).get(row.name, row.name)

    @admin.display(description="适用范围", ordering="scope")
    def scope_shown(self, row: Parameter) -> str:
        return row.scope or "全部"


@admin.register(SettingChange)
class SettingChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "thing", "label", "field", "before", "after"]
    list_filter = ["thing"]
    search_fields = ["label", "field", "actor__staff_no", "actor__name"]
    search_help_text = "对象、字段、修改人工号或姓名"
    date_hierarchy = "at"
    list_select_related = ["actor"]
