from django.contrib import admin

from core.admin import RecordedAdmin
from staff.models import AlwaysAudited


@admin.register(AlwaysAudited)
class AlwaysAuditedAdmin(RecordedAdmin):
    """Which businesses are audited one by one the next day; of the rest a share, which is a parameter."""

    list_display = ["business", "valid_from", "valid_to"]
    autocomplete_fields = ["business"]
    list_select_related = ["business"]
