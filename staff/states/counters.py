"""Handover, money, stock and closing."""

from core.words import Words


class HandoverKind(Words):
    COUNTER = "counter", "台席交接"
    DUTY = "duty", "值班经理交接"


class HandoverMode(Words):
    """Face to face; or counted at night and counted again by a second person before the next opening."""

    FACE = "face", "当面交接"
    NIGHT = "night", "当晚清点,开门前复点"


class HandoverState(Words):
    FILLING = "filling", "填写中"
    WAITING_TAKER = "waiting_taker", "待接班人确认"
    WAITING_RELIEF = "waiting_relief", "等候接班人"
    DONE = "done", "已完成 (已锁定)"
    CANCELLED = "cancelled", "已取消"


class Measure(Words):
    MONEY = "money", "金额"
    COUNT = "count", "数量"


class SystemSource(Words):
    """Where the system value of a handover item comes from; NONE = there is no book to compare with."""

    NONE = "none", "无账面"
    FLOAT = "float", "备用金"
    CASH = "cash", "本班现金"
    POS = "pos", "本班 POS"
    SCAN = "scan", "本班扫码"
    CHEQUE = "cheque", "本班支票"
    STOCK = "stock", "卡品票据台账"


class DutyTopic(Words):
    """Headings of the 值班日志."""

    PEOPLE = "people", "人员到岗"
    FLOOR = "floor", "现场与客流"
    HANDOVER = "handover", "交接班"
    MONEY = "money", "款项"
    PROMISE = "promise", "投诉与答应客户的事"
    FAULT = "fault", "设备故障与报修"
    INCIDENT = "incident", "异动、来访、检查"
    VIP = "vip", "VIP 与集团预约"
    STOCK = "stock", "卡品与耗材"
    OTHER = "other", "其他"


class PayMethod(Words):
    CASH = "cash", "现金"
    POS = "pos", "POS"
    SCAN = "scan", "扫码"
    CHEQUE = "cheque", "支票"


class Leg(Words):
    """What a difference is in: one way of paying, or the receipt stubs as a whole."""

    CASH = "cash", "现金"
    POS = "pos", "POS"
    SCAN = "scan", "扫码"
    CHEQUE = "cheque", "支票"
    STUBS = "stubs", "票据存根"


class TakingsSource(Words):
    BOSS = "boss", "系统文件"
    TYPED = "typed", "后台录入"


class CashUpState(Words):
    COUNTED = "counted", "待签收"
    RECEIVED = "received", "已入厅"
    RETURNED = "returned", "已退回"


class StockKind(Words):
    SIM = "sim", "SIM 卡"
    TOPUP = "topup", "充值卡"
    RECEIPT = "receipt", "票据"
    INVOICE = "invoice", "发票"
    HANDSET = "handset", "手机"
    DEVICE = "device", "设备"
    KEY = "key", "钥匙"
    SEAL = "seal", "印章"


class StockMove(Words):
    IN = "in", "入库"
    OUT = "out", "出库"
    SOLD = "sold", "售出"
    RETURNED = "returned", "退回"
    SENT = "sent", "调出"
    RECEIVED = "received", "调入"
    COUNTED = "counted", "盘点"


class SerialState(Words):
    HELD = "held", "在库"
    TRANSIT = "transit", "调拨途中"
    SOLD = "sold", "已售"
    GONE = "gone", "已出库"


class ClosingState(Words):
    """Not started and overdue are never stored: they follow from the absence of a row and the clock."""

    NOT_STARTED = "not_started", "未开始"
    COUNTING = "counting", "清点中"
    EXCEPTION = "exception", "有差额待说明"
    SUBMITTED = "submitted", "已提交"
    LOCKED = "locked", "已锁定"
    OVERDUE = "overdue", "超时未交"
