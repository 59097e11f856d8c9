from django.contrib import admin

from core.admin import RecordedAdmin
from staff.models import FirstDayStep


@admin.register(FirstDayStep)
class FirstDayStepAdmin(RecordedAdmin):
    list_display = ["title", "what", "order", "is_active"]
    list_filter = ["is_active"]
