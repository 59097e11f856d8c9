"""What the TVs of the demo city show and may say: posters, tips, notices with their days, and sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from config.demo.people import Member
from halls.models import BroadcastTemplate, Hall, Material, Region
from halls.states import MaterialKind
from staff.states import Role

POSTER, TIP, NOTICE = MaterialKind.POSTER, MaterialKind.TIP, MaterialKind.NOTICE
WHOLE_CITY = "ZJ"


@dataclass(frozen=True)
class Shown:
    """Days are counted from today; `first` and `last` are both shown."""

    kind: MaterialKind
    title: str
    text: str
    first: int
    last: int
    place: str = "大屏"
    seconds: int = 12


FLAGSHIP = (
    Shown(
        POSTER,
        "千兆宽带 先用后付",
        "办宽带送路由器一台,老客户续约免调测费。请到 5 号窗口咨询",
        -20,
        24,
        "大屏、入口海报架",
    ),
    Shown(POSTER, "以旧换新 最高补 800 元", "带上旧手机到体验区现场估价,当天换新", -12, 3, "大屏、手机体验区"),
    Shown(POSTER, "亲情网 家人互打不花钱", "一人办理,最多九位家人一起用", -30, 14, "大屏、柜台单页"),
    Shown(NOTICE, "12 月 1 日起启用新版业务受理单", "办理时请核对姓名与证件号码后再签字", -2, 6),
    Shown(NOTICE, "周六上午举办长者手机课堂", "学会缴费、挂号和防骗。名额 20 位,请到引导台报名", -1, 4),
    Shown(TIP, "今晚降温 明早记得添衣", "有老人孩子的家庭,出门多带一件外套", 0, 0),
    Shown(TIP, "公交 10 路、18 路在本厅门口停靠", "末班车 21:30,地下停车场凭小票免费停 1 小时", -30, 60),
    Shown(POSTER, "双十一话费购机", "活动已结束,感谢您的参与", -14, -1, "大屏、入口海报架"),
    Shown(POSTER, "冬季流量包 12 月上市", "提前登记,首月半价", 7, 45),
)
CITY_WIDE = (
    Shown(
        TIP,
        "接到自称公检法要求转账的电话,请立刻挂断",
        "凡要求转账、共享屏幕、报验证码的,都是诈骗。反诈专线 96110",
        -40,
        120,
    ),
    Shown(NOTICE, "号码卡、宽带账户请勿出租出借", "实名办理、本人使用。如有疑问请咨询引导员", -40, 90),
)
SENTENCES = (
    "本厅 {时间} 停止取号,已取号的客户请安心等候",
    "请排队等候的客户往里走,不要站在入口处",
    "{业务} 暂时不能办理,已取号码继续有效,请谅解",
    "请 {车牌} 的车主尽快挪车",
    "有客户遗失 {物品},捡到的客户请交到引导台",
    "营业即将结束,请还在办理的客户抓紧时间",
)


def make(halls: dict[str, Hall], members: Iterable[Member], now: datetime, today: date) -> None:
    BroadcastTemplate.objects.bulk_create(
        BroadcastTemplate(text=text, order=order) for order, text in enumerate(SENTENCES, start=1)
    )
    by_role = {(member.job.role, member.hall): member.user for member in members}
    manager = by_role[Role.HALL_MANAGER, "ZJ01"]
    operator = next(user for (role, _), user in by_role.items() if role == Role.OPERATIONS)
    city = Region.objects.get(code=WHOLE_CITY)
    rows = list(_rows(FLAGSHIP, manager, now, today, hall=halls["ZJ01"]))
    rows += _rows(CITY_WIDE, operator, now, today, region=city, after=len(FLAGSHIP))
    Material.objects.bulk_create(rows)


def _rows(
    shown: Iterable[Shown], person: Any, now: datetime, today: date, *, after: int = 0, **where: Any
) -> Iterable[Material]:
    for order, one in enumerate(shown, start=after + 1):
        yield Material(
            **where,
            kind=one.kind,
            title=one.title,
            text=one.text,
            place=one.place,
            keeper=person,
            valid_from=today + timedelta(days=one.first),
            valid_to=today + timedelta(days=one.last),
            seconds=one.seconds,
            order=order,
            made_by=person,
            made_at=now + timedelta(days=min(one.first, 0)),
        )
