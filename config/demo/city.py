"""The places of the demo city: regions, halls, their windows, hours and groups."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from config.demo.businesses import GROUP_BY_CODE, make_businesses
from halls.models import BusinessGroup, Hall, OpeningHours, Region, Window
from halls.rules import queue_mode_for
from halls.states import HallType, Location, Operation, RegionLevel, Reserved

MIDNIGHT = time(0)
EVERY_GROUP = ("quick", "general", "home", "handset", "company")
NO_COMPANY = EVERY_GROUP[:-1]
PROVINCE, CITY = "JS", "ZJ"

REGIONS = (
    (PROVINCE, "江苏省", RegionLevel.PROVINCE, None),
    (CITY, "镇江市", RegionLevel.CITY, PROVINCE),
    ("JK", "京口区", RegionLevel.DISTRICT, CITY),
    ("RZ", "润州区", RegionLevel.DISTRICT, CITY),
    ("DY", "丹阳市", RegionLevel.DISTRICT, CITY),
    ("DT", "丹徒区", RegionLevel.DISTRICT, CITY),
    ("JR", "句容市", RegionLevel.DISTRICT, CITY),
    ("YZ", "扬中市", RegionLevel.DISTRICT, CITY),
)


@dataclass(frozen=True)
class Place:
    """One hall. `specials` are windows unlike the rest: number → (name, reserved for, groups served)."""

    code: str
    name: str
    region: str
    type: HallType
    windows: int
    place: tuple[float, float]
    address: str
    opens: time = time(8, 30)
    closes: time = time(17, 30)
    operation: Operation = Operation.SELF
    location: Location = Location.URBAN
    has_rest_area: bool = True
    has_gotone_zone: bool = False
    has_independent_frontage: bool = True
    stop_issuing_minutes: int = 0
    groups: tuple[str, ...] = NO_COMPANY
    specials: tuple[tuple[int, str, str, tuple[str, ...]], ...] = ()
    is_live: bool = True

    @property
    def sells_handsets(self) -> bool:
        return self.type != HallType.TOWNSHIP

    @property
    def is_line(self) -> bool:
        return queue_mode_for(self.windows, self.has_rest_area) == "line"


PLACES = (
    Place(
        "ZJ01", "大市口沟通100店", "JK", HallType.GOUTONG100, 8, (32.207, 119.452), "京口区中山东路 8 号",
        opens=MIDNIGHT, closes=MIDNIGHT, has_gotone_zone=True, groups=EVERY_GROUP,
        specials=((7, "爱心窗口", Reserved.GREEN, EVERY_GROUP), (8, "全球通专席", Reserved.GOTONE, EVERY_GROUP)),
    ),
    Place(
        "ZJ02", "学府路动感地带店", "JK", HallType.MZONE_STORE, 4, (32.199, 119.513), "京口区学府路 116 号",
        opens=time(9), closes=time(19), stop_issuing_minutes=10,
        specials=((4, "快办窗口", Reserved.NONE, ("quick", "general")),),
    ),
    Place(
        "ZJ03", "中山西路全球通店", "RZ", HallType.GOTONE_STORE, 5, (32.208, 119.434), "润州区中山西路 62 号",
        closes=time(18), has_gotone_zone=True, groups=EVERY_GROUP, stop_issuing_minutes=10,
        specials=((4, "VIP 专席", Reserved.VIP, EVERY_GROUP), (5, "VIP 专席", Reserved.VIP, EVERY_GROUP)),
    ),
    Place(
        "ZJ04", "南徐大道手机卖场", "RZ", HallType.HANDSET_MALL, 3, (32.186, 119.424), "润州区南徐大道 301 号",
        opens=time(9), closes=time(21), operation=Operation.PARTNER, has_rest_area=False,
        has_independent_frontage=False, groups=("handset", "quick", "general", "home"),
    ),
    Place(
        "ZJ05", "云阳营业厅", "DY", HallType.STANDARD, 6, (31.995, 119.578), "丹阳市云阳街道新民路 27 号",
        location=Location.COUNTY, groups=EVERY_GROUP, stop_issuing_minutes=10,
        specials=((6, "快办窗口", Reserved.NONE, ("quick", "general")),),
    ),
    Place(
        "ZJ06", "吕城镇营业厅", "DY", HallType.TOWNSHIP, 2, (31.962, 119.722), "丹阳市吕城镇运河路 15 号",
        closes=time(17), operation=Operation.PARTNER, location=Location.COUNTY, has_rest_area=False,
        groups=("quick", "general", "home"),
    ),
    Place(
        "ZJ07", "丁卯营业厅", "JK", HallType.STANDARD, 5, (32.186, 119.489), "京口区丁卯桥路 88 号", is_live=False
    ),
    Place("ZJ08", "大港营业厅", "JK", HallType.STANDARD, 4, (32.192, 119.673), "京口区大港港中路 31 号", is_live=False),
    Place(
        "ZJ09", "谷阳路营业厅", "DT", HallType.STANDARD, 4, (32.135, 119.447), "丹徒区谷阳路 55 号",
        location=Location.COUNTY, is_live=False,
    ),
    Place(
        "ZJ10", "黄山路全球通店", "RZ", HallType.GOTONE_STORE, 4, (32.193, 119.437), "润州区黄山南路 19 号",
        closes=time(18), has_gotone_zone=True, groups=EVERY_GROUP, is_live=False,
    ),
    Place(
        "ZJ11", "华阳沟通100店", "JR", HallType.GOUTONG100, 7, (31.945, 119.168), "句容市华阳街道人民路 40 号",
        closes=time(18), location=Location.COUNTY, has_gotone_zone=True, groups=EVERY_GROUP, is_live=False,
    ),
    Place(
        "ZJ12", "三茅营业厅", "YZ", HallType.STANDARD, 5, (32.237, 119.828), "扬中市三茅街道扬子中路 73 号",
        operation=Operation.OUTSOURCED, location=Location.COUNTY, is_live=False,
    ),
    Place(
        "ZJ13", "宝堰镇营业厅", "DT", HallType.TOWNSHIP, 2, (31.983, 119.356), "丹徒区宝堰镇老街 12 号",
        closes=time(17), operation=Operation.PARTNER, location=Location.COUNTY, has_rest_area=False,
        groups=("quick", "general", "home"), is_live=False,
    ),
    Place(
        "ZJ14", "下蜀镇营业厅", "JR", HallType.TOWNSHIP, 2, (32.169, 119.209), "句容市下蜀镇镇中路 6 号",
        closes=time(17), operation=Operation.PARTNER, location=Location.COUNTY, has_rest_area=False,
        groups=("quick", "general", "home"), is_live=False,
    ),
)  # fmt: skip
LIVE = tuple(place for place in PLACES if place.is_live)
BY_CODE = {place.code: place for place in PLACES}


def window_facts(place: Place, number: int) -> tuple[str, str, tuple[str, ...]]:
    """Name, reserved class and groups of a window."""
    for special, name, reserved, groups in place.specials:
        if special == number:
            return name, reserved, groups
    return "综合业务", Reserved.NONE, place.groups


def build() -> dict[str, Hall]:
    """Write all places; halls by code."""
    regions = _make_regions()
    businesses = make_businesses()
    halls = {place.code: _make_hall(place, regions[place.region]) for place in PLACES}
    for place in PLACES:
        groups = _make_groups(place, halls[place.code], businesses)
        _make_windows(place, halls[place.code], groups)
    return halls


def _make_regions() -> dict[str, Region]:
    made: dict[str, Region] = {}
    for code, name, level, above in REGIONS:
        parent = made[above] if above else None
        made[code] = Region.objects.create(code=code, name=name, level=level, parent=parent)
    return made


def _make_hall(place: Place, region: Region) -> Hall:
    hall = Hall.objects.create(
        code=place.code,
        name=place.name,
        region=region,
        type=place.type,
        location=place.location,
        operation=place.operation,
        counter_count=place.windows,
        has_rest_area=place.has_rest_area,
        has_gotone_zone=place.has_gotone_zone,
        has_independent_frontage=place.has_independent_frontage,
        sells_handsets=place.sells_handsets,
        queue_mode=queue_mode_for(place.windows, place.has_rest_area),
        phone=f"0511-800000{place.code[-2:]}",
        address=place.address,
        latitude=Decimal(str(place.place[0])),
        longitude=Decimal(str(place.place[1])),
        stop_issuing_minutes=place.stop_issuing_minutes,
        is_live=place.is_live,
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(hall=hall, weekday=weekday, opens=place.opens, closes=place.closes) for weekday in range(7)
    )
    return hall


def _make_groups(place: Place, hall: Hall, businesses: dict) -> dict[str, BusinessGroup]:
    made = {}
    for order, code in enumerate(place.groups):
        plan = GROUP_BY_CODE[code]
        made[code] = BusinessGroup.objects.create(
            hall=hall,
            code=code,
            letter=plan.letter,
            name=plan.name,
            name_en=plan.name_en,
            hint=plan.hint,
            hint_en=plan.hint_en,
            order=order,
        )
        made[code].businesses.set([businesses[one] for one in plan.businesses])
    return made


def _make_windows(place: Place, hall: Hall, groups: dict[str, BusinessGroup]) -> None:
    for number in range(1, place.windows + 1):
        name, reserved, served = window_facts(place, number)
        window = Window.objects.create(hall=hall, number=number, name=name, reserved=reserved)
        window.groups.set([groups[code] for code in served])
