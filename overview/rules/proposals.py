"""Sentences for a weekly report, put together from what was counted in the week (R-H-12, R-C-22). Pure.

Everything said is a figure of the week; what nobody counted is not mentioned. The manager edits or replaces each.
"""

from collections.abc import Callable, Mapping
from typing import Any

from overview.states import Section

Figures = Mapping[str, Any]


def propose(figures: Figures) -> dict[str, str]:
    """A text for each section; empty where the week gives nothing to say."""
    return {section: "\n".join(line for line in WRITERS[section](figures) if line) for section in Section}


def _of(figures: Figures, part: str) -> Figures:
    found: Figures = figures.get(part) or {}
    return found


def _count(part: Figures, name: str) -> int:
    return int(part.get(name) or 0)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.0f}%"


def _share(part: int, whole: int) -> str:
    return _percent(part / whole) if whole else ""


def _minutes(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} 分钟"


def _listed(rows: list[Mapping[str, Any]], *, most: int = 4) -> str:
    return "、".join(f"{row['name']} {row['count']} 件" for row in rows[:most])


def _against(now: float | None, before: float | None, unit: str, *, scale: float = 1) -> str:
    """「较上周减少 1.2 分钟」; nothing when one of the weeks is unknown."""
    if now is None or before is None:
        return ""
    change = (now - before) * scale
    if abs(change) < 0.05:
        return "与上周持平"
    return f"较上周{'增加' if change > 0 else '减少'} {abs(change):.1f} {unit}"


def _sentence(*parts: str) -> str:
    said = ",".join(part for part in parts if part)
    return f"{said}。" if said else ""


def _aid(figures: Figures) -> list[str]:
    queue, floor = _of(figures, "queue"), _of(figures, "floor")
    answered, missing = _count(queue, "answered_at_door"), _count(queue, "without_documents")
    loans = _count(floor, "loans")
    return [
        _sentence(f"引导台当场解答客户咨询 {answered} 人次") if answered else "",
        _sentence(f"材料不齐的客户 {missing} 人次,均一次性告知所需材料") if missing else "",
        _sentence(f"雨伞、老花镜等便民物品借出 {loans} 次") if loans else "",
    ]


def _care(figures: Figures) -> list[str]:
    queue = _of(figures, "queue")
    if not queue.get("issued"):
        return []
    long, cared, vips = _count(queue, "long_waits"), _count(queue, "cared"), _count(queue, "vips")
    limit = queue.get("long_minutes", 30)
    if long:
        care = _sentence(f"等候超过 {limit} 分钟的客户 {long} 位", f"已致歉关怀 {cared} 位,占 {_share(cared, long)}")
    else:
        care = _sentence(f"本周没有客户等候超过 {limit} 分钟")
    met = _count(queue, "vips_met")
    return [care, _sentence(f"全球通 VIP 到厅 {vips} 次", f"按时接待 {met} 次") if vips else ""]


def _diversion(figures: Figures) -> list[str]:
    queue, before = _of(figures, "queue"), _of(figures, "before")
    sent, online = _count(queue, "sent_on"), _count(queue, "online_handled")
    if not sent and not online:
        return []
    rate = queue.get("diversion_rate")
    change = _against(rate, before.get("diversion_rate"), "个百分点", scale=100)
    share = f"分流率 {_percent(rate)}" if rate is not None else ""
    return [
        _sentence(f"引导客户转自助终端或线上办理 {sent} 笔", share, change) if sent else "",
        _sentence(f"柜台办理的业务中仍有 {online} 笔可以线上办理") if online else "",
    ]


def _preparation(figures: Figures) -> list[str]:
    queue = _of(figures, "queue")
    filled, served = _count(queue, "prefilled"), _count(queue, "served")
    if not filled:
        return []
    return [
        _sentence(
            f"为等候的客户提前填好预填单 {filled} 份", f"约占办结号码的 {_share(filled, served)}" if served else ""
        )
    ]


def _effect(figures: Figures) -> list[str]:
    queue, before = _of(figures, "queue"), _of(figures, "before")
    if not queue.get("issued"):
        return ["本周没有取号记录。"]
    waits = [
        f"{word}平均等候 {_minutes(queue[name])}"
        for word, name in (("忙时", "busy_wait"), ("闲时", "idle_wait"))
        if queue.get(name) is not None
    ]
    within = queue.get("within_standard")
    known = [row for row in figures.get("days", ()) if row.get("mean_wait") is not None]
    worst = max(known, key=lambda row: row["mean_wait"], default=None)
    return [
        _sentence(f"本周取号 {_count(queue, 'issued')} 个", f"办结 {_count(queue, 'served')} 个"),
        _sentence(*waits, _against(queue.get("mean_wait"), before.get("mean_wait"), "分钟")),
        _sentence(f"等候 {queue.get('standard', 15)} 分钟以内的占 {_percent(within)}") if within is not None else "",
        _sentence(f"等候最长的是 {worst['label']},平均 {_minutes(worst['mean_wait'])},当天取号 {worst['issued']} 个")
        if worst
        else "",
    ]


def _wait_problems(figures: Figures) -> list[str]:
    queue = _of(figures, "queue")
    if not queue.get("issued"):
        return []
    standard = queue.get("standard", 15)
    over = [row["label"] for row in figures.get("days", ()) if (row.get("mean_wait") or 0) > standard]
    left, issued = _count(queue, "no_shows"), _count(queue, "issued")
    lines = [
        _sentence(f"{'、'.join(over)} 平均等候超过 {standard} 分钟", "这几天需提前加开窗口并错开用餐") if over else "",
        _sentence(f"空票 {left} 个,占取号的 {_share(left, issued)}", "多为久候离开") if left * 20 > issued else "",
    ]
    return lines if any(lines) else [f"每天的平均等候都在 {standard} 分钟以内,没有突出问题。"]


def _complaint_analysis(figures: Figures) -> list[str]:
    told = _of(figures, "complaints")
    logged = _count(told, "complaints")
    if not logged:
        return ["本周没有投诉。"]
    service, rows = _count(told, "service"), list(told.get("categories") or ())
    before = told.get("before")
    change = "" if before is None else f"上周 {before} 件"
    return [
        _sentence(
            f"本周登记投诉 {logged} 件", change, f"其中服务质量类 {service} 件" if service else "没有服务质量类投诉"
        ),
        _sentence(f"主要反映:{_listed(rows)}") if rows else "",
    ]


def _complaint_work(figures: Figures) -> list[str]:
    told = _of(figures, "complaints")
    spot, closed, book = (_count(told, name) for name in ("on_spot", "closed", "book"))
    logged = _count(told, "complaints")
    return [
        _sentence(f"现场解决 {spot} 件,占 {_share(spot, logged)}") if spot and logged else "",
        _sentence(f"本周内办结 {closed} 件(含以前登记的)") if closed else "",
        _sentence(f"查看意见簿并登记意见 {book} 条") if book else "",
    ]


def _complaint_problems(figures: Figures) -> list[str]:
    told = _of(figures, "complaints")
    late, again = _count(told, "late"), _count(told, "reopened")
    often = [row for row in told.get("categories") or () if row["count"] >= 3]
    lines = [
        _sentence(f"有 {late} 件超过处理时限", "需逐件说明原因并尽快答复客户") if late else "",
        _sentence(f"有 {again} 件客户再次反映") if again else "",
        _sentence(f"同一问题一周内多次出现:{_listed(often)}", "建议从根源上改进") if often else "",
    ]
    if not any(lines) and _count(told, "complaints"):
        return ["投诉均在时限内处理,没有反复出现的问题。"]
    return lines


def _floor_work(figures: Figures) -> list[str]:
    floor, faults, seen = (_of(figures, part) for part in ("floor", "faults", "inspection"))
    due, done, timely = (_count(floor, name) for name in ("patrols_due", "patrols_done", "patrols_in_time"))
    stains, wiped = _count(floor, "stains"), _count(floor, "stains_in_time")
    visits, mean = _count(seen, "visits"), seen.get("mean")
    return [
        _sentence(f"定时巡检应做 {due} 次,完成 {done} 次,按时 {timely} 次", f"发现问题 {_count(floor, 'bad')} 处")
        if due
        else "",
        _sentence(f"开门与关门检查应做 {_count(floor, 'doors_due')} 次,完成 {_count(floor, 'doors_done')} 次")
        if floor.get("doors_due")
        else "",
        _sentence(f"发现污渍 {stains} 处,限时内清理 {wiped} 处") if stains else "",
        _sentence(f"设备新增故障 {_count(faults, 'found')} 件,修复 {_count(faults, 'fixed')} 件")
        if faults.get("found") or faults.get("fixed")
        else "",
        _sentence(f"处置突发事件 {_count(floor, 'incidents')} 起") if floor.get("incidents") else "",
        _sentence(f"接受服务检查 {visits} 次", f"平均 {mean:.1f} 分" if mean is not None else "") if visits else "",
    ]


def _floor_problems(figures: Figures) -> list[str]:
    floor, faults, seen = (_of(figures, part) for part in ("floor", "faults", "inspection"))
    standing = [f"{row['name']}({row['symptom']},已 {row['days']} 天)" for row in faults.get("open") or ()]
    expired = list(floor.get("expired") or ())
    found = "、".join(row["name"] for row in seen.get("findings") or ())
    lines = [
        _sentence(f"尚未修复:{'、'.join(standing[:5])}") if standing else "",
        _sentence(f"已过期仍未撤下的宣传物料:{'、'.join(expired[:5])}") if expired else "",
        _sentence(f"检查扣分项:{found}") if found else "",
        _sentence(f"有 {_count(seen, 'overdue')} 项整改超期") if seen.get("overdue") else "",
    ]
    return lines if any(lines) else ["现场没有遗留问题。"]


def _training(figures: Figures) -> list[str]:
    told = _of(figures, "training")
    meetings, right = _count(told, "meetings"), told.get("right_share")
    minutes = told.get("minutes")
    return [
        _sentence(
            f"召开班前会 {meetings} 次",
            f"平均 {minutes:.0f} 分钟" if minutes is not None else "",
            f"小测答对率 {_percent(right)}" if right is not None else "",
        )
        if meetings
        else "",
        *(
            _sentence(
                f"培训《{row['title']}》", f"到课 {row['came']} 人", f"合格 {row['passed']} 人" if row["scored"] else ""
            )
            for row in told.get("courses") or ()
        ),
    ]


def _model(figures: Figures) -> list[str]:
    seen, staff = _of(figures, "inspection"), _of(figures, "staff")
    rank, size = seen.get("rank"), seen.get("ranked")
    adopted, stars = _count(staff, "adopted"), list(staff.get("stars") or ())
    return [
        _sentence(f"本月检查得分在同类 {size} 个厅中排第 {rank}") if rank else "",
        _sentence(f"员工建议被采纳 {adopted} 条") if adopted else "",
        _sentence(f"本月明星:{'、'.join(stars)}") if stars else "",
    ]


def _other(figures: Figures) -> list[str]:
    staff, support = _of(figures, "staff"), _of(figures, "support")
    shifts, late, absent = (_count(staff, name) for name in ("shifts", "late", "absent"))
    days, missing = _count(staff, "closing_days"), _count(staff, "closings_missing")
    return [
        _sentence(f"本周排班 {shifts} 人次", f"未按时到岗 {late} 人次", f"没有打卡 {absent} 人次") if shifts else "",
        _sentence(f"营业日结应交 {days} 天", f"尚缺 {missing} 天" if missing else "均已提交") if days else "",
        _sentence(f"前期支撑需求 {support['asked']} 项,市公司已答复 {support['answered']} 项")
        if support.get("asked")
        else "",
    ]


def _plan(figures: Figures) -> list[str]:
    ahead = _of(figures, "ahead")
    busiest = ahead.get("busiest")
    named = (
        ("courses", "组织培训:"),
        ("tasks", "完成区县任务:"),
        ("actions", "完成整改:"),
        ("materials", "到期撤换宣传物料:"),
        ("certificates", "上岗证到期续办:"),
        ("faults", "跟进维修:"),
    )
    return [
        _sentence(f"预计 {busiest['label']} 客流最多(约 {busiest['arrivals']} 人)", f"需开 {busiest['windows']} 个窗口")
        if busiest
        else "",
        *(_sentence(f"{words}{'、'.join(ahead[name][:5])}") for name, words in named if ahead.get(name)),
    ]


WRITERS: dict[Section, Callable[[Figures], list[str]]] = {
    Section.AID: _aid,
    Section.CARE: _care,
    Section.DIVERSION: _diversion,
    Section.PREPARATION: _preparation,
    Section.EFFECT: _effect,
    Section.WAIT_PROBLEMS: _wait_problems,
    Section.COMPLAINT_ANALYSIS: _complaint_analysis,
    Section.COMPLAINT_WORK: _complaint_work,
    Section.COMPLAINT_PROBLEMS: _complaint_problems,
    Section.FLOOR_WORK: _floor_work,
    Section.FLOOR_PROBLEMS: _floor_problems,
    Section.TRAINING: _training,
    Section.MODEL: _model,
    Section.OTHER: _other,
    Section.PLAN: _plan,
}
