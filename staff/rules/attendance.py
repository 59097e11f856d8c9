"""R-S-4: punctual is who is there before the shift, duty managers earlier still. Pure."""

from core.parameters import register

EARLY = register("attendance.early_minutes", "接班须提前到班", default=15, unit="分钟", between=(0, 60))
EARLY_DUTY = register("attendance.early_minutes_duty", "值班经理须提前到班", default=30, unit="分钟", between=(0, 90))
OPENS_BEFORE = register("attendance.opens_before_minutes", "最早可打卡", default=120, unit="分钟前", between=(30, 360))
