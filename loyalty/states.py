from core.words import Codes, Words


class Brand(Words):
    GOTONE = "gotone", "全球通"
    MZONE = "mzone", "动感地带"
    EASYOWN = "easyown", "神州行"


class Star(Codes):
    """R-L-3: the operator's own codes, low to high; 未评级 and 准星 are two different things (R-L-2)."""

    UNRATED = -1, "未评级"
    PRE_STAR = 0, "准星"
    ONE = 1, "一星"
    TWO = 2, "二星"
    THREE = 3, "三星"
    FOUR = 4, "四星"
    FIVE_SILVER = 5, "五星银"
    FIVE_GOLD = 6, "五星金"
    FIVE_DIAMOND = 7, "五星钻"


class CustomerStatus(Words):
    NORMAL = "normal", "正常"
    SUSPENDED = "suspended", "停机"
    PENDING_CLOSURE = "pending_closure", "预约销户"
    CLOSED = "closed", "已销户"
