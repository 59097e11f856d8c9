from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from core import time
from core.admin import RecordedAdmin, RecordedInline
from halls import actions, queries
from halls.models import (
    BroadcastTemplate,
    BusinessGroup,
    BusinessType,
    CalendarDay,
    Device,
    Hall,
    HoursException,
    OpeningHours,
    Region,
    Window,
)


@admin.register(Region)
class RegionAdmin(RecordedAdmin):
    list_display = ["code", "name", "level", "parent"]
    list_filter = ["level"]
    search_fields = ["code", "name"]


@admin.register(BusinessType)
class BusinessTypeAdmin(RecordedAdmin):
    list_display = ["code", "name", "minutes", "needs_id", "e_channel", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]


class GroupForm(forms.ModelForm):
    class Meta:
        model = BusinessGroup
        fields = ["hall", "code", "name", "name_en", "hint", "hint_en", "letter", "businesses", "order", "is_active"]

    def clean(self) -> dict[str, Any]:
        """A business in two groups of one hall would have two lines; nobody could say which one to join."""
        given: dict[str, Any] = super().clean() or {}
        hall = given.get("hall") or getattr(self.instance, "hall", None)
        if hall and given.get("is_active") and given.get("businesses"):
            others = BusinessGroup.objects.filter(hall=hall, is_active=True).exclude(pk=self.instance.pk)
            for business in given["businesses"]:
                twin = others.filter(businesses=business).first()
                if twin:
                    raise ValidationError(
                        {"businesses": f"「{business}」已在取号分组「{twin}」里,一项业务只能在一个在用分组。"}
                    )
        return given


class HoursInline(RecordedInline):
    model = OpeningHours
    max_num = 7


class ExceptionInline(RecordedInline):
    model = HoursException


class WindowInline(RecordedInline):
    model = Window
    fields = ["number", "name", "reserved", "zone", "is_active"]
    show_change_link = True


class GroupInline(RecordedInline):
    model = BusinessGroup
    fields = ["code", "name", "letter", "order", "is_active"]
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A group without its businesses is of no use; both are entered on the group's own page."""
        return False


@admin.register(Hall)
class HallAdmin(RecordedAdmin):
    list_display = ["code", "name", "region", "type", "operation", "queue_mode", "counter_count", "is_live"]
    list_filter = ["type", "operation", "queue_mode", "is_live", "region"]
    search_fields = ["code", "name", "address"]
    list_select_related = ["region"]
    inlines = [HoursInline, ExceptionInline, WindowInline, GroupInline]
    fieldsets = [
        (None, {"fields": ["code", "name", "region", "is_live"]}),
        ("类型与经营", {"fields": ["type", "location", "operation"]}),
        (
            "场地",
            {
                "fields": [
                    "counter_count",
                    "has_rest_area",
                    "has_gotone_zone",
                    "has_independent_frontage",
                    "sells_handsets",
                ]
            },
        ),
        ("排队与取号", {"fields": ["queue_mode", "stop_issuing_minutes", "waiting_capacity"]}),
        ("联系方式", {"fields": ["phone", "address", "latitude", "longitude"]}),
    ]
    secret_fields = ()  # a hall's own telephone is printed on its door


@admin.register(Window)
class WindowAdmin(RecordedAdmin):
    list_display = ["hall", "label", "name", "reserved", "zone", "is_active"]
    list_filter = ["hall", "reserved", "is_active"]
    search_fields = ["hall__code", "hall__name", "name"]
    list_select_related = ["hall"]
    filter_horizontal = ["groups"]

    @admin.display(description="窗口", ordering="number")
    def label(self, window: Window) -> str:
        return window.label

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Only the hall's own groups can be chosen once the hall is known."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "groups" in form.base_fields:
            form.base_fields["groups"].queryset = BusinessGroup.objects.filter(hall=obj.hall)
        return form


@admin.register(BusinessGroup)
class BusinessGroupAdmin(RecordedAdmin):
    form = GroupForm
    list_display = ["hall", "name", "letter", "order", "is_active"]
    list_filter = ["hall", "is_active"]
    search_fields = ["name", "code", "hall__name"]
    list_select_related = ["hall"]
    filter_horizontal = ["businesses"]


@admin.register(OpeningHours)
class OpeningHoursAdmin(RecordedAdmin):
    list_display = ["hall", "weekday", "opens", "closes"]
    list_filter = ["hall"]


@admin.register(HoursException)
class HoursExceptionAdmin(RecordedAdmin):
    list_display = ["hall", "day", "is_closed", "opens", "closes", "reason"]
    list_filter = ["hall", "is_closed"]
    date_hierarchy = "day"


@admin.register(CalendarDay)
class CalendarDayAdmin(RecordedAdmin):
    list_display = ["day", "kind", "name"]
    list_filter = ["kind"]
    date_hierarchy = "day"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        for year in queries.missing_years(time.business_day(time.now())):
            messages.warning(request, f"{year} 年还没有录入,目前按周一至周五工作、周末休息计算。")
        return super().changelist_view(request, extra_context)


@admin.register(Device)
class DeviceAdmin(RecordedAdmin):
    """Codes are made on the 设备配对 page; here a machine is described and its token given an end."""

    list_display = ["hall", "kind", "name", "window", "is_paired", "paper_out", "last_seen_at", "revoked_at"]
    list_filter = ["hall", "kind"]
    search_fields = ["name", "hall__code", "hall__name"]
    list_select_related = ["hall", "window"]
    fields = ["hall", "kind", "name", "window", "zone", "expires_at", "paired_at", "last_seen_at", "revoked_at"]
    readonly_fields = ["paired_at", "last_seen_at", "revoked_at"]
    actions = ["revoke"]

    @admin.display(description="已配对", boolean=True)
    def is_paired(self, device: Device) -> bool:
        return device.is_valid(time.now())

    @admin.action(description="停用所选设备")
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        for device in queryset:
            actions.revoke(device.pk, actor=request.user, now=time.now())
        messages.success(request, "已停用,令牌即刻失效。")


@admin.register(BroadcastTemplate)
class BroadcastTemplateAdmin(RecordedAdmin):
    list_display = ["text", "order", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["text"]
