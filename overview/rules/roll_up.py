"""What a district's week comes to, in sentences made of its halls' figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class HallTold:
    """A hall's week: its figures, whether its report is signed, and whether one was asked for."""

    name: str
    queue: Mapping[str, Any]
    complaints: Mapping[str, Any]
    is_signed: bool = True
    is_asked: bool = True


def summary(halls: Sequence[HallTold]) -> list[str]:
    if not halls:
        return ["本区域还没有启用的营业厅。"]
    issued = sum(int(one.queue.get("issued") or 0) for one in halls)
    signed = sum(one.is_signed for one in halls)
    told = [f"本周 {len(halls)} 个厅共取号 {issued} 个,{signed} 个厅已提交周报。"]
    unsigned = [one.name for one in halls if one.is_asked and not one.is_signed]
    if unsigned:
        told.append(f"未提交:{'、'.join(unsigned)}。")
    waits = [(one.queue["mean_wait"], one.name) for one in halls if one.queue.get("mean_wait") is not None]
    if len(waits) > 1:
        (best, quick), (worst, slow) = min(waits), max(waits)
        told.append(f"平均等候最短的是{quick}({best:.1f} 分钟),最长的是{slow}({worst:.1f} 分钟)。")
    complaints = [(int(one.complaints.get("complaints") or 0), one.name) for one in halls]
    if total := sum(count for count, _ in complaints):
        most, where = max(complaints)
        told.append(f"共登记投诉 {total} 件,最多的是{where}({most} 件)。")
    else:
        told.append("本周没有投诉。")
    return told


def weighted_wait(halls: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean wait of all customers of all halls: each hall counts as often as it served."""
    known = [(one["mean_wait"], int(one.get("answered") or 0)) for one in halls if one.get("mean_wait") is not None]
    served = sum(count for _, count in known)
    return sum(wait * count for wait, count in known) / served if served else None
