from core.words import Words


class Role(Words):
    """R-S-1; guards and cleaners belong to outside firms and have no login."""

    CLERK = "clerk", "营业员"
    GREETER = "greeter", "引导员"
    ENQUIRY = "enquiry", "咨询"
    FLOOR_WALKER = "floor_walker", "流动岗"
    BACK_OFFICE = "back_office", "后台"
    HANDSET_SELLER = "handset_seller", "终端销售"
    ACCOUNT_MANAGER = "account_manager", "客户经理"
    DUTY_MANAGER = "duty_manager", "值班经理"
    HALL_MANAGER = "hall_manager", "店长"
    COMPLAINT_HANDLER = "complaint_handler", "投诉处理员"
    INSPECTOR = "inspector", "督导"
    DISTRICT = "district", "区县主管"
    OPERATIONS = "operations", "市公司运营"


class Post(Words):
    """岗位: what somebody is rostered to do on a day."""

    WINDOW = "window", "窗口"
    ZONE = "zone", "全球通专区"
    DUTY = "duty", "值班经理"
    MANAGER = "manager", "店长"
    FLOOR = "floor", "引导"
    BACK = "back", "后台"
    SALES = "sales", "终端销售"


class SchemeKind(Words):
    """工时制 (Labour Law art. 36, 39): hours counted by the week, or added up over the month."""

    STANDARD = "standard", "标准工时"
    COMPREHENSIVE = "comprehensive", "综合计时"


class PrivateKind(Words):
    NO_LATE = "no_late", "不排晚班"
    NO_OVERTIME = "no_overtime", "不安排加班"


class LeaveKind(Words):
    ANNUAL = "annual", "年假"
    SICK = "sick", "病假"
    PERSONAL = "personal", "事假"
    COMPENSATORY = "compensatory", "调休"
    OTHER = "other", "其他"


class AskState(Words):
    """Of a leave or a wish."""

    ASKED = "asked", "待审批"
    GRANTED = "granted", "已同意"
    DENIED = "denied", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class ChangeKind(Words):
    SWAP = "swap", "换班"
    COVER = "cover", "代班"


class ChangeState(Words):
    """R-S-3: the colleague accepts, the manager signs, only then the roster changes."""

    ASKED = "asked", "待同事同意"
    ACCEPTED = "accepted", "待店长签字"
    SIGNED = "signed", "已生效"
    DECLINED = "declined", "同事未同意"
    REFUSED = "refused", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class RosterState(Words):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    REPLACED = "replaced", "已被新版替换"


class RunState(Words):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "计算中"
    DONE = "done", "已算完"
    CANCELLED = "cancelled", "已停止"
    FAILED = "failed", "没有算出"


class NeedSource(Words):
    FORECAST = "forecast", "预测"
    HAND = "hand", "手工"


class DutySource(Words):
    ROSTER = "roster", "班表"
    HANDOVER = "handover", "交接"
    HAND = "hand", "指定"


class JobKind(Words):
    """How somebody holds a job; all but the regular ones end on a known day."""

    REGULAR = "regular", "正式"
    TRAINEE = "trainee", "见习"
    STUDENT = "student", "学生"
    TEMPORARY = "temporary", "临时"


class CertificateKind(Words):
    COUNTER = "counter", "上岗证"
    SKILL = "skill", "技能等级证"


class Standing(Words):
    """R-S-14: what a person is at a window on a day."""

    CERTIFIED = "certified", "持证上岗"
    TRAINEE = "trainee", "见习,须有持证同事在场"
    UNPROVEN = "unproven", "未登记上岗证"
    BLOCKED = "blocked", "不能上窗口"


class AccessEnd(Words):
    """How a sign-in came to its end."""

    SIGNED_OUT = "signed_out", "本人退出"
    REPLACED = "replaced", "同一设备重新登录"
    BY_PERSON = "by_person", "本人结束"
    BY_MANAGER = "by_manager", "管理者结束"
    PASSWORD = "password", "密码已改"
    LEFT = "left", "离岗"
    RAN_OUT = "ran_out", "到时失效"


class GrantableRight(Words):
    """What a partner's person can be granted; `staff.access` withholds these from their roles."""

    REVEAL = "customer.reveal", "查看完整号码(有在办号码或投诉)"
    REVEAL_ANY = "customer.reveal_any", "查看完整号码(不需在办号码或投诉)"
    DISCLOSE = "customer.disclose", "依法提供客户信息(双人)"


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


class BulletinKind(Words):
    BUSINESS = "business", "业务"
    SERVICE = "service", "服务"
    SYSTEM = "system", "系统"
    SAFETY = "safety", "安全"
    STAFF = "staff", "人员"


class BulletinState(Words):
    DRAFT = "draft", "草稿"
    ISSUED = "issued", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class AuditState(Words):
    """Of one handled business on the next day's list."""

    OPEN = "open", "待稽核"
    PASSED = "passed", "无差错"
    WRONG = "wrong", "待改正"
    CORRECTED = "corrected", "已改正"


class AuditGround(Words):
    """Why a business is on the list."""

    ALWAYS = "always", "必查"
    SAMPLE = "sample", "抽查"


class ErrorKind(Words):
    PAPERS = "papers", "材料不全"
    SIGNATURE = "signature", "签名缺漏"
    IDENTITY = "identity", "身份核验"
    CONSENT = "consent", "未留同意凭证"
    PRICE = "price", "收费有误"
    ENTRY = "entry", "录入有误"
    OTHER = "other", "其他"


class MonthSheetState(Words):
    MADE = "made", "待本人查看"
    SEEN = "seen", "待签认"
    OBJECTED = "objected", "有异议"
    ANSWERED = "answered", "已答复待签认"
    SIGNED = "signed", "已签认"


class AwardKind(Words):
    """R-S-16."""

    SERVICE = "service", "服务明星"
    SALES = "sales", "营销能手"


class SuggestionState(Words):
    """R-S-18."""

    NEW = "new", "待答复"
    ANSWERED = "answered", "已答复"
    ADOPTED = "adopted", "已采纳"
    DECLINED = "declined", "未采纳"


class SuggestionTopic(Words):
    PROCESS = "process", "办理流程"
    SERVICE = "service", "服务与礼仪"
    SYSTEM = "system", "系统与设备"
    SPACE = "space", "环境与动线"
    ROSTER = "roster", "班次与后勤"
    OTHER = "other", "其他"


class TargetMeasure(Words):
    """What a target may be set for besides each business."""

    SERVED = "served", "办结号码"
    ACCEPTED = "accepted", "推荐成功"


class Cycle(Words):
    """When a recurring task is due."""

    DAYS = "days", "每周固定几天"
    MONTH = "month", "每月一天"


class DutySide(Words):
    """R-S-2: who answers for a duty today."""

    A = "a", "A 角"
    B = "b", "B 角"
    NOBODY = "nobody", "无人负责"


class MeetingKind(Words):
    MORNING = "morning", "晨会"
    PRE_SHIFT = "pre_shift", "班前会"
    REGULAR = "regular", "例会"


class CourseKind(Words):
    """R-S-15."""

    ONBOARDING = "onboarding", "岗前培训"
    REQUIRED = "required", "必修培训"
    CHOSEN = "chosen", "自选培训"
    SCENARIO = "scenario", "情景演练"


class Matter(Words):
    """What a note of the register is about (R-S-20, R-S-24); said without blame."""

    LEFT_POST = "left_post", "离开岗位"
    PHONE = "phone", "使用私人手机"
    EATING = "eating", "柜台饮食"
    LOOKS = "looks", "仪容着装"
    CUSTOMER_DATA = "customer_data", "客户信息保护"
    MESSAGES = "messages", "短信与广告发送"
    UNCONFIRMED = "unconfirmed", "未经确认办理业务"
    PROVIDERS = "providers", "与服务提供商往来"
    CHANNELS = "channels", "与渠道往来"
    OTHER = "other", "其他"


class MatterState(Words):
    NOTED = "noted", "待核实"
    CONFIRMED = "confirmed", "已认定"
    DISMISSED = "dismissed", "未认定"
    OBJECTED = "objected", "复核中"


class TextSize(Words):
    """Of the staff pages, for one person."""

    USUAL = "usual", "标准"
    LARGE = "large", "大"
    LARGER = "larger", "特大"


class ExpiryKind(Words):
    """What stands in the calendar of things that end."""

    CERTIFICATE = "certificate", "证书"
    MATERIAL = "material", "物料"
    EQUIPMENT = "equipment", "设备"
    CONTRACT = "contract", "合同"
    SEAL = "seal", "印章"
    LICENCE = "licence", "证照"
    INSURANCE = "insurance", "保险"
    OTHER = "other", "其他"
