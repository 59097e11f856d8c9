"""What an alert says, from the facts it was raised with or those of this moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from queueing.states import AlertKind, AlertLevel


def minutes_since(since: Any, now: datetime) -> int:
    """Whole minutes since an ISO time; 0 when there is none."""
    if not since:
        return 0
    return max(int((now - datetime.fromisoformat(since)).total_seconds() // 60), 0)


def sentence(kind: str, level: str, facts: Mapping[str, Any], now: datetime) -> str:
    """Short, polite, and with what to do."""
    told = {"minutes": minutes_since(facts.get("since"), now), **facts}
    if kind == AlertKind.VIP and level == AlertLevel.RED:
        return "{number} 全球通 VIP 到厅已 {minutes} 分钟,请马上接待。".format(**told).strip()
    if kind == AlertKind.MORE_WINDOWS and not facts.get("open"):
        return "有 {waiting} 位客户等候,还没有窗口开放,请马上开窗口。".format(**told)
    return SENTENCES[AlertKind(kind)].format(**told).strip()


SENTENCES: dict[AlertKind, str] = {
    AlertKind.VIP: "{number} 全球通 VIP 到厅,请在 {limit} 分钟内接待。",
    AlertKind.PEAK: "客流高峰:{waiting} 位等候,开了 {open} / {windows} 个窗口,请全部打开。",
    AlertKind.MORE_WINDOWS: "平均每个窗口等候 {per_window} 位以上,请加开窗口。",
    AlertKind.NOON: "午间应至少开 {least} 个窗口,现在开了 {open} 个。",
    AlertKind.CARE: "{number} 已等候 {minutes} 分钟,请前去关怀并致歉。",
    AlertKind.HANDOVER: "{window}在客流高峰时签出({clerk}),高峰期不安排交接班,请安排人接替。",
    AlertKind.ZONE: "全球通专区 {waiting} 位等候,普通队较短,请开一个普通窗口专办全球通。",
    AlertKind.MEAN_WAIT: "今天平均等候 {minutes} 分钟,超过 {limit} 分钟的标准。",
    AlertKind.LINGERING: "自助区有客户停留 {minutes} 分钟,请前去询问是否需要帮助。",
    AlertKind.MANAGER: "{window}({clerk})请值班经理过来。",
}
