"""Pure decisions about open sign-ins (R-S-13)."""

from datetime import datetime, timedelta

SYSTEMS = (
    ("Windows", "Windows 电脑"),
    ("Android", "安卓手机或平板"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac 电脑"),
    ("Linux", "Linux 电脑"),
)
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_words(agent: str) -> str:
    """A browser's name for itself, as people say it."""
    system = next((words for mark, words in SYSTEMS if mark in agent), "未知设备")
    browser = next((words for mark, words in BROWSERS if mark in agent), "")
    return f"{system} · {browser}" if browser else system


def is_in_use(seen: datetime | None, now: datetime, *, idle_minutes: int) -> bool:
    """Whether somebody has touched that screen lately; a screen locked by idleness is nobody at work."""
    return seen is not None and now - seen < timedelta(minutes=idle_minutes)
