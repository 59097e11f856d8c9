"""What a new system begins with: lists, kinds of equipment, requirements, playbooks; all editable afterwards."""

from datetime import date, time

from django.db import transaction

from halls.models import CheckItem, CheckList, EquipmentKind, Playbook, PlaybookTell, Requirement
from halls.states import CheckKind, HallType, IncidentKind, Location, Needed, SelfService, Stops, Zone

SINCE = date(2009, 1, 1)
OPENING = (
    "撤防开门,灯光空调已开,门前三米整洁",
    "大屏与取号机画面、音量、时间正确,已试打一张号",
    "窗口电脑、读证仪、打印机、POS 可用,网络畅通",
    "自助机有纸有零、能出凭条,有故障的已挂牌",
    "到期物料已撤下,今日主推已上墙,公示栏齐全",
    "饮水、水杯、意见簿、雨伞、药箱、老花镜就位",
    "备用金和票据已领,起始号已登记",
    "着装、工号牌、上岗证齐全,岗位与午餐轮换已定",
    "晨会已开:昨日数据、新通知、今日重点、一题小测",
)
CLOSING = (
    "已停止取号,在厅客户全部办完或送走",
    "各窗口已签出、缴款,零钞归位",
    "卡品票据已清点,抽屉清空,保险柜双人上锁",
    "账款票据已核对,日报已提交,受理单已分类装订",
    "自助机到取款日的已取款并登记",
    "意见簿已看,未答复的投诉已列给明日",
    "电源、空调、饮水机已关,电器无发热",
    "垃圾已清,门窗、监控、布防已确认",
    "值班日志已签名,钥匙已登记",
)
PATROL = (
    ("门外与橱窗:整洁,灯箱与营业时间牌完好", True),
    ("引导台与取号机:有人值守,取号正常", False),
    ("休息区:座椅、饮水、报刊整洁", False),
    ("自助区:设备可用,有人协助", False),
    ("窗口一线:仪容、桌面、应答规范", False),
    ("体验与销售区:样机有电,价签相符", False),
    ("接待室:整洁可用", False),
    ("卫生间与后台:整洁,通道畅通", False),
)
CONVENIENCE = ("雨伞", "药箱(药品在有效期内)", "老花镜", "本地地图", "针线包", "饮水与水杯")
SAFETY = (
    ("灭火器压力正常、在有效期内", True),
    ("报警按钮已试,联动正常", False),
    ("监控抽查三段录像,时间准确", False),
    ("应急灯与疏散标志正常,通道无堆物", True),
    ("插座线路无过载、无裸露", False),
)
PATROL_TIMES = [time(9), time(11), time(14, 30), time(16, 30)]
TOWNSHIP_TIMES = [time(9), time(14, 30)]
EQUIPMENT: tuple[tuple[str, str, Stops, SelfService, tuple[str, ...], str], ...] = (
    ("kiosk", "取号机", Stops.ITSELF, SelfService.NONE, ("缺纸", "卡纸", "触摸失灵"), "取号机维修中,请到引导台取号"),
    ("screen", "叫号大屏", Stops.NOTHING, SelfService.NONE, ("黑屏", "无声", "画面停住"), ""),
    ("speaker", "音箱", Stops.NOTHING, SelfService.NONE, ("无声", "杂音"), ""),
    ("payment", "交费机", Stops.ITSELF, SelfService.PAYMENT, ("不收币", "吞币", "缺纸"), "交费机维修中,请到窗口交费"),
    ("statement", "账单打印机", Stops.ITSELF, SelfService.STATEMENT, ("缺纸", "字迹淡"), "账单打印机维修,请到窗口打印"),
    ("details", "话单打印机", Stops.ITSELF, SelfService.DETAILS, ("缺纸", "读证失败"), "话单打印机维修中,请到窗口打印"),
    ("query", "查询机", Stops.ITSELF, SelfService.BALANCE, ("死机", "触摸失灵"), "查询机维修中,请到窗口查询"),
    ("numbers", "选号机", Stops.ITSELF, SelfService.NUMBERS, ("死机", "触摸失灵"), "选号机维修中,请到窗口选号"),
    ("online", "网上营业厅终端", Stops.ITSELF, SelfService.ONLINE, ("网络断", "死机"), ""),
    ("pc", "窗口电脑", Stops.WINDOW, SelfService.NONE, ("网络断", "蓝屏", "很慢"), ""),
    ("printer", "票据打印机", Stops.WINDOW, SelfService.NONE, ("打印错位", "缺色带", "卡纸"), ""),
    ("reader", "读证仪", Stops.WINDOW, SelfService.NONE, ("无法读证", "连接断"), ""),
    ("camera", "高拍仪", Stops.WINDOW, SelfService.NONE, ("图像模糊", "连接断"), ""),
    ("pos", "POS 机", Stops.WINDOW, SelfService.NONE, ("网络断", "缺纸", "刷卡失败"), ""),
    ("line", "网络专线", Stops.BUSINESS, SelfService.NONE, ("中断", "很慢"), "网络维修中,部分业务暂不能办理"),
    ("power", "空调与照明", Stops.NOTHING, SelfService.NONE, ("不制冷", "不亮"), ""),
    ("water", "饮水机", Stops.NOTHING, SelfService.NONE, ("漏水", "不加热"), ""),
    ("cctv", "监控", Stops.NOTHING, SelfService.NONE, ("无录像", "画面黑"), ""),
    ("alarm", "报警器", Stops.NOTHING, SelfService.NONE, ("不响应",), ""),
    ("lamp", "应急灯", Stops.NOTHING, SelfService.NONE, ("不亮", "没电"), ""),
    ("extinguisher", "灭火器", Stops.NOTHING, SelfService.NONE, ("压力不足", "已过期"), ""),
    ("demo", "体验机", Stops.NOTHING, SelfService.NONE, ("没电", "无网络"), ""),
)  # fmt: skip
SERVICES = [SelfService.NUMBERS, SelfService.BALANCE, SelfService.STATEMENT, SelfService.PAYMENT, SelfService.ONLINE]
ZONES: dict[HallType, list[Zone]] = {
    HallType.GOUTONG100: [
        Zone.BUSINESS, Zone.SELF_SERVICE, Zone.REST, Zone.HANDSET_CLUB, Zone.GOTONE, Zone.RECEPTION, Zone.ENQUIRY,
    ],
    HallType.MZONE_STORE: [Zone.BUSINESS, Zone.VAS, Zone.SELF_SERVICE, Zone.REST, Zone.ACTIVITY, Zone.GIFTS],
    HallType.HANDSET_MALL: [Zone.BUSINESS, Zone.HANDSETS, Zone.HANDSET_CLUB],
}  # fmt: skip
PLAYBOOKS: dict[IncidentKind, tuple[str, str, tuple[tuple[str, int], ...]]] = {
    IncidentKind.POWER: (
        "开应急灯,安抚客户,停用自助机",
        "改用手工号牌,只登记不办理;来电后按原号顺序优先办理",
        (("店长", 5), ("区县主管", 15), ("物业", 15)),
    ),
    IncidentKind.SYSTEM: (
        "暂停受影响的业务,大屏和广播说明",
        "留手机号预约返回,能办的照办;恢复后发短信通知",
        (("值班经理", 3), ("市公司支撑", 5)),
    ),
    IncidentKind.CROWD: (
        "窗口全开,后台补位,门口分流",
        "设快办窗口只办交费,推荐附近较空的厅,停止推荐其他业务",
        (("店长", 5), ("区县主管", 20)),
    ),
    IncidentKind.ANGRY: (
        "请到接待室,由值班经理一人主谈",
        "登记投诉,讲明答复时间,保留录像",
        (("店长", 0), ("投诉班", 30)),
    ),
    IncidentKind.QUARREL: ("把双方分开,按号办理,请保安到位", "必要时报警,记下经过", (("店长", 10),)),
    IncidentKind.ILLNESS: (
        "拨打 120,不随意搬动,疏散围观",
        "联系家属,留下见证人,保留录像",
        (("店长", 0), ("区县主管", 15)),
    ),
    IncidentKind.FRAUD: (
        "不当面争执,换人复核;劝阻汇款并核实",
        "登记钞票号段,报警,保护客户资料",
        (("值班经理", 0), ("公安", 10)),
    ),
    IncidentKind.ROBBERY: ("先保人身安全,按报警键,不追赶", "封存现场和录像", (("110", 0), ("市公司安保", 5))),
    IncidentKind.WEATHER: (
        "铺防滑垫,备雨伞,断开低处电源",
        "需要时调整营业时间并公告",
        (("区县主管", 30),),
    ),
    IncidentKind.FIRE: ("断电,疏散客户,拨打 119", "到集合点清点人数", (("119", 0), ("店长", 0), ("区县主管", 5))),
    IncidentKind.VISIT: (
        "店长出面接待,专人陪同,不擅自答复",
        "登记来人和问题,把要点上报",
        (("市公司", 10),),
    ),
}


@transaction.atomic
def write_first_lists() -> None:
    """Once; a system that has lists already keeps them as they are."""
    if CheckList.objects.exists() or EquipmentKind.objects.exists():
        return
    _write_checks()
    EquipmentKind.objects.bulk_create(
        EquipmentKind(code=code, name=name, stops=stops, service=service, symptoms=list(symptoms), says=says, order=at)
        for at, (code, name, stops, service, symptoms, says) in enumerate(EQUIPMENT)
    )
    _write_requirements()
    for kind, (first, then, tells) in PLAYBOOKS.items():
        book = Playbook.objects.create(kind=kind, first=first, then=then)
        PlaybookTell.objects.bulk_create(
            PlaybookTell(playbook=book, whom=whom, minutes=minutes) for whom, minutes in tells
        )


def _write_checks() -> None:
    _list(CheckKind.OPENING, [(text, False) for text in OPENING])
    _list(CheckKind.CLOSING, [(text, False) for text in CLOSING])
    _list(CheckKind.PATROL, list(PATROL), times=PATROL_TIMES)
    _list(CheckKind.PATROL, list(PATROL), times=TOWNSHIP_TIMES, hall_type=HallType.TOWNSHIP)
    _list(CheckKind.CONVENIENCE, [(text, False) for text in CONVENIENCE])
    _list(CheckKind.SAFETY, list(SAFETY))


def _list(
    kind: CheckKind, items: list[tuple[str, bool]], *, times: list[time] | None = None, hall_type: str = ""
) -> None:
    row = CheckList.objects.create(kind=kind, hall_type=hall_type, times=times or [])
    CheckItem.objects.bulk_create(
        CheckItem(list=row, text=text, wants_photo=photo, order=at) for at, (text, photo) in enumerate(items)
    )


def _write_requirements() -> None:
    """R-H-2: zones by type. R-H-3: five self-services in town, four of them outside; call details in two types."""
    rows = [
        Requirement(needed=Needed.ZONE, hall_type=kind, codes=zones, at_least=len(zones), valid_from=SINCE)
        for kind, zones in ZONES.items()
    ]
    rows += [
        Requirement(needed=Needed.SELF_SERVICE, location=place, codes=SERVICES, at_least=least, valid_from=SINCE)
        for place, least in ((Location.URBAN, 5), (Location.COUNTY, 4))
    ]
    rows += [
        Requirement(
            needed=Needed.SELF_SERVICE, hall_type=kind, codes=[SelfService.DETAILS], at_least=1, valid_from=SINCE
        )
        for kind in (HallType.GOUTONG100, HallType.GOTONE_STORE)
    ]
    Requirement.objects.bulk_create(rows)
