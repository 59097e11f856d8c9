"""What a district's week comes to, in sentences made of its halls' figures. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

HallFigures = tuple[str, Mapping[str, Any], Mapping[str, Any], bool]


def summary(halls: Sequence[HallFigures]) -> list[str]:
    """`halls`: name, queue, complaints, whether the report is signed."""
    if not halls:
        return ["本区域还没有启用的营业厅。"]
    issued = sum(int(queue.get("issued") or 0) for _, queue, _, _ in halls)
    signed = sum(is_signed for *_, is_signed in halls)
    told = [f"本周 {len(halls)} 个厅共取号 {issued} 个,{signed} 个厅已提交周报。"]
    unsigned = [name for name, _, _, is_signed in halls if not is_signed]
    if unsigned:
        told.append(f"未提交:{'、'.join(unsigned)}。")
    waits = [(queue["mean_wait"], name) for name, queue, _, _ in halls if queue.get("mean_wait") is not None]
    if len(waits) > 1:
        (best, quick), (worst, slow) = min(waits), max(waits)
        told.append(f"平均等候最短的是{quick}({best:.1f} 分钟),最长的是{slow}({worst:.1f} 分钟)。")
    complaints = [(int(one.get("complaints") or 0), name) for name, _, one, _ in halls]
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
