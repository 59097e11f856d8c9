"""Notices, audits, month sheets, duties, meetings, conduct, what ends."""

from core.words import Words


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
