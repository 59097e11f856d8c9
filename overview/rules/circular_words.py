"""Sentences of a monthly circular, made of what was counted; whoever issues it edits or replaces them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from overview.states import CircularPart

Content = Mapping[str, Any]


def propose(content: Content) -> dict[str, str]:
    return {part.value: "\n".join(line for line in WRITERS[part](content) if line) for part in CircularPart}


def moved(now: float | None, before: float | None, unit: str, *, digits: int = 1) -> str:
    """「较上月升 1.2 分」; nothing where one of both is unknown."""
    if now is None or before is None:
        return ""
    change = round(now - before, digits)
    if change == 0:
        return "与上月持平"
    return f"较上月{'升' if change > 0 else '降'} {abs(change):.{digits}f} {unit}"


def _sentence(*parts: str) -> str:
    told = [part for part in parts if part]
    return ",".join(told) + "。" if told else ""


def _named(rows: Sequence[str], most: int = 5) -> str:
    more = f"等 {len(rows)} 项" if len(rows) > most else ""
    return "、".join(rows[:most]) + more


def _overall(content: Content) -> list[str]:
    total, month = content["totals"], content["month_text"]
    checked = (
        _sentence(
            f"{month},{content['region']} {total['halls']} 个营业厅中 {total['visited']} 个接受计入排名的检查,"
            f"共 {total['visits']} 次",
            f"平均 {total['score']:.2f} 分",
            moved(total["score"], total["score_before"], "分", digits=2),
        )
        if total["visits"]
        else f"{month},{content['region']}没有计入排名的检查。"
    )
    return [checked, _queue(total), _complaints(total)]


def _queue(total: Mapping[str, Any]) -> str:
    if not total["issued"]:
        return ""
    wait = f"平均等候 {total['mean_wait']:.1f} 分钟" if total["mean_wait"] is not None else ""
    change = moved(total["mean_wait"], total["mean_wait_before"], "分钟") if wait else ""
    return _sentence(f"全月取号 {total['issued']} 个", wait, change)


def _complaints(total: Mapping[str, Any]) -> str:
    if not total["complaints"]:
        return "全月没有登记投诉。"
    late = f"其中 {total['late']} 件超过处理时限" if total["late"] else "均未超过处理时限"
    return _sentence(f"全月登记投诉 {total['complaints']} 件", late)


def _praise(content: Content) -> list[str]:
    return [_end(one) for one in content["top"]]


def _concern(content: Content) -> list[str]:
    return [_end(one) for one in content["bottom"]]


def _end(one: Mapping[str, Any]) -> str:
    place = f"同类第 {one['place']} / {one['of']}," if one["place"] else ""
    side = f"比同类平均{'高' if one['margin'] > 0 else '低'} {abs(one['margin']):.2f} 分"
    score = f"检查 {one['score']:.2f} 分({place}{side if one['margin'] else '与同类平均持平'})"
    lost = "主要扣分:" + "、".join(f"{name}(共 {points} 分)" for name, points in one["lost"]) if one["lost"] else ""
    return f"{one['name']}:{';'.join([part for part in (score, *one['said'], lost) if part])}。"


def _faults(content: Content) -> list[str]:
    often = [one for one in content["faults"] if one["halls"] > 1]
    if not often:
        return ["没有在两个以上营业厅出现的扣分项。"] if content["totals"]["visits"] else []
    lines = [
        f"{number}. {one['name']}:{one['halls']} 个厅出现 {one['times']} 次,共扣 {one['points']} 分。"
        for number, one in enumerate(often[:5], 1)
    ]
    return ["检查中多个营业厅反复出现的问题:", *lines]


def _actions(content: Content) -> list[str]:
    told = content["actions"]
    if not told["open"]:
        return ["检查发现的问题均已整改完成。"] if content["totals"]["visits"] else []
    late = sorted({one["hall"] for one in told["rows"] if one["is_late"]})
    return [
        _sentence(
            f"尚有 {told['open']} 项整改未完成",
            f"其中 {told['late']} 项超期,涉及{_named(late)}" if told["late"] else "均在期限内",
        )
    ]


def _demands(content: Content) -> list[str]:
    told = content["actions"]
    often = [one["name"] for one in content["faults"] if one["halls"] > 1]
    weak = [one["name"] for one in content["bottom"]]
    lines = [
        f"各厅对照共性问题({_named(often, 3)})开展自查,发现一项、整改一项。" if often else "",
        f"{'、'.join(weak)}由店长牵头分析原因,提出改进措施。" if weak else "",
        "超期整改须立即完成并上传整改照片。" if told["late"] else "",
        "请各厅在班前会传达本通报,并在系统中签收。",
    ]
    return [f"{number}. {line}" for number, line in enumerate(filter(None, lines), 1)]


WRITERS: dict[CircularPart, Callable[[Content], list[str]]] = {
    CircularPart.OVERALL: _overall,
    CircularPart.PRAISE: _praise,
    CircularPart.FAULTS: _faults,
    CircularPart.CONCERN: _concern,
    CircularPart.ACTIONS: _actions,
    CircularPart.DEMANDS: _demands,
}
