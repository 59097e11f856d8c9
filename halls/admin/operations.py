"""Lists, kinds of equipment, requirements and playbooks; and what happened, to look at."""

from django.contrib import admin
from django.http import HttpRequest

from core.admin import RecordedAdmin, RecordedInline
from halls.models import (
    CheckItem,
    CheckList,
    Equipment,
    EquipmentKind,
    Playbook,
    PlaybookTell,
    Requirement,
)


class CheckItemInline(RecordedInline):
    model = CheckItem
    extra = 0
    can_delete = False


@admin.register(CheckList)
class CheckListAdmin(RecordedAdmin):
    """A line that was answered once is put out of use, not deleted."""

    list_display = ["kind", "hall", "hall_type", "is_active"]
    list_filter = ["kind", "is_active"]
    inlines = [CheckItemInline]

    def has_delete_permission(self, request: HttpRequest, obj: CheckList | None = None) -> bool:
        return False


@admin.register(EquipmentKind)
class EquipmentKindAdmin(RecordedAdmin):
    list_display = ["name", "stops", "service", "order"]


@admin.register(Equipment)
class EquipmentAdmin(RecordedAdmin):
    list_display = ["name", "hall", "kind", "window", "supplier", "expires_on", "removed_at"]
    list_filter = ["kind", "hall"]
    search_fields = ["name", "supplier"]
    secret_fields: tuple[str, ...] = ()


@admin.register(Requirement)
class RequirementAdmin(RecordedAdmin):
    list_display = ["needed", "hall_type", "location", "codes", "at_least", "valid_from", "valid_to"]
    list_filter = ["needed", "hall_type"]


class TellInline(RecordedInline):
    model = PlaybookTell
    extra = 0


@admin.register(Playbook)
class PlaybookAdmin(RecordedAdmin):
    list_display = ["kind", "first", "then"]
    inlines = [TellInline]
