"""Numbers of the points programme that a province may change; days are written as 20150401."""

from datetime import date

from core import parameters
from core.parameters import register

POINTS_SOURCE = register("loyalty.points_source", "积分来源(0 本系统,1 BOSS)", default=0, unit="代码", between=(0, 1))
GENERATION_MONTHS = register(
    "loyalty.generation_months", "账期后第几个月生成积分", default=2, unit="个月", between=(1, 6)
)  # R-L-16
GENERATION_DAY = register("loyalty.generation_day", "生成积分日", default=1, unit="日", between=(1, 28))
PAYMENT_MONTHS = register(
    "loyalty.payment_months", "交费期限:账期后第几个月的最后一天", default=1, unit="个月", between=(0, 5)
)  # R-L-15
PAYMENT_EXTRA_DAYS = register("loyalty.payment_extra_days", "交费期限另加", default=0, unit="天", between=(0, 27))
AUTOMATIC_STAR = register(
    "loyalty.automatic_star", "自动开通积分计划的最低星级", default=4, unit="星级", between=(1, 8)
)

RATING_DAY = register("loyalty.rating_day", "星级生效日", default=11, unit="日", between=(1, 28))  # R-L-7
FIRST_RATING_MONTH = register(
    "loyalty.first_rating_month", "首次评定在入网第几个月", default=7, unit="个月", between=(1, 24)
)
STAR_MONTHS = register("loyalty.star_months", "星级有效期", default=12, unit="个月", between=(1, 36))
SCORE_MONTHS = register(
    "loyalty.score_months", "月均消费取最近几个月", default=12, unit="个月", between=(1, 24)
)  # R-L-5
SCORE_PER_YUAN = register(
    "loyalty.score_per_yuan", "月均消费每元得分(百分之一)", default=100, unit="%", between=(0, 1000)
)
SCORE_ROUNDING = register(
    "loyalty.score_rounding", "月均消费取整(0 四舍五入,1 舍去小数)", default=0, unit="代码", between=(0, 1)
)
AGE_TENTHS = register("loyalty.age_tenths", "网龄每月得分(十分之一)", default=10, unit="十分之一分", between=(0, 100))
BONUS_EACH = register("loyalty.bonus_each", "每个加分产品得分", default=0, unit="分", between=(0, 50))
BONUS_MAX = register("loyalty.bonus_max", "加分产品最高得分", default=50, unit="分", between=(0, 200))
SUSPENSION_PENALTY = register("loyalty.suspension_penalty", "每次停机扣分", default=10, unit="分", between=(0, 100))
CAP_SUSPENSIONS = register(
    "loyalty.cap_suspensions", "年内欠费停机几次封顶", default=3, unit="次", between=(1, 12)
)  # R-L-8
CAP_STAR = register("loyalty.cap_star", "欠费停机封顶星级", default=3, unit="星级", between=(1, 7))

USE_LOCK_FROM = register(
    "loyalty.use_lock_from", "此日起入网的客户先锁定积分", default=20150401, unit="年月日", between=(20000101, 20991231)
)  # R-L-24
USE_LOCK_MONTHS = register("loyalty.use_lock_months", "入网几个月后可用积分", default=6, unit="个月", between=(0, 24))
GRACE_FROM = register(
    "loyalty.grace_from", "一星资格开始日", default=20150401, unit="年月日", between=(20000101, 20991231)
)  # R-L-20
GRACE_MONTHS = register("loyalty.grace_months", "一星资格有效期", default=12, unit="个月", between=(1, 36))
POINT_MILLS = register("loyalty.point_mills", "每个积分的价值", default=12, unit="厘", between=(1, 1000))  # R-L-26
CONVERSION_PERCENT = register(
    "loyalty.conversion_percent", "存量积分转换比例(1 比百分之)", default=125, unit="%", between=(101, 1000)
)


def number(name: str, on: date, *, city: str = "") -> int:
    return parameters.number(name, on=on, scopes=[city] if city else [])


def day(name: str, on: date) -> date:
    """A parameter written as 20150401."""
    value = number(name, on)
    return date(value // 10_000, value // 100 % 100, value % 100)
