"""What the demo city's counters do: business types with their times, and the groups a kiosk shows."""

from dataclasses import dataclass
from decimal import Decimal

from halls.models import BusinessType

OWNER_ID = "机主本人有效身份证件"


@dataclass(frozen=True)
class Business:
    """`cv` is the spread of the handling time: standard deviation over mean."""

    code: str
    name: str
    name_en: str
    minutes: float
    cv: float = 0.5
    documents: str = ""
    e_channel: str = ""
    needs_id: bool = True


BUSINESSES = (
    Business("payment", "交费充值", "Pay or top up", 2, 0.6, "", "自助交费机、手机营业厅、微信和支付宝", False),
    Business(
        "balance_query", "余额与套餐查询", "Balance and plan", 3, 0.6, "", "手机营业厅、短信查询、自助终端", False
    ),
    Business("invoice", "发票打印", "Invoice", 3, 0.5, OWNER_ID, "手机营业厅可开电子发票"),
    Business("detail_print", "详单查询打印", "Itemised bill", 5, 0.5, f"{OWNER_ID}和服务密码", "自助终端、网上营业厅"),
    Business("new_account", "开户入网", "New number", 14, 0.4, "本人有效身份证件原件", "手机营业厅可先选号"),
    Business("real_name", "实名补登记", "Real-name registration", 6, 0.4, OWNER_ID, "手机营业厅可自助补登记"),
    Business("sim_replace", "补卡换卡", "Replace SIM card", 8, 0.5, f"{OWNER_ID},异地补卡另核对信息"),
    Business("plan_change", "套餐变更", "Change plan", 8, 0.5, OWNER_ID, "手机营业厅、短信办理"),
    Business(
        "vas_change", "增值业务办理", "Value-added services", 5, 0.5, "服务密码", "发送 0000 到 10086 查询退订", False
    ),
    Business("suspend_resume", "停复机与挂失", "Suspend or resume", 4, 0.4, OWNER_ID, "手机营业厅、10086 热线"),
    Business("transfer", "过户", "Transfer ownership", 14, 0.4, "双方本人到场并带有效身份证件"),
    Business("close_account", "销户", "Close account", 12, 0.4, f"{OWNER_ID},先结清话费"),
    Business("port_in", "携号转入", "Port number in", 18, 0.5, "本人有效身份证件、授权码短信(1 小时内有效)"),
    Business("port_out", "携号转出", "Port number out", 12, 0.5, OWNER_ID, "发送 CXXZ 到 10086 查询资格"),
    Business("broadband", "宽带电视", "Broadband and TV", 15, 0.5, f"{OWNER_ID}、装机地址", "手机营业厅可预约安装"),
    Business("roaming", "国际漫游", "International roaming", 6, 0.5, OWNER_ID, "手机营业厅、10086 热线"),
    Business("password", "服务密码重置", "Reset service password", 4, 0.5, OWNER_ID, "手机营业厅"),
    Business("points", "积分查询兑换", "Points", 6, 0.5, OWNER_ID, "手机营业厅、积分商城"),
    Business("terminal", "手机与合约机", "Phones and contracts", 20, 0.6, "本人有效身份证件", "网上商城"),
    Business("campaign", "营销活动办理", "Offers", 9, 0.5, OWNER_ID, "手机营业厅活动专区"),
    Business("corporate", "集团业务", "Business customers", 18, 0.6, "经办人身份证件、介绍信和公章", "客户经理上门"),
    Business("enquiry", "业务咨询", "Enquiry", 3, 0.5, "", "10086 热线、手机营业厅", False),
    Business("complaint", "投诉受理", "Complaint", 14, 0.7, "", "10086 热线", False),
    Business("after_sales", "售后维修", "Repair", 12, 0.5, "购机发票、保修卡"),
    Business("loan_phone", "备机借用", "Loan phone", 8, 0.5, f"{OWNER_ID}、维修单"),
    Business("retention", "挽留洽谈", "Talk before leaving", 15, 0.5, OWNER_ID),
    Business("identity_check", "疑似诈骗核实", "Fraud check", 10, 0.5, OWNER_ID, "10086 热线"),
)
BY_CODE = {business.code: business for business in BUSINESSES}


@dataclass(frozen=True)
class Group:
    code: str
    letter: str
    name: str
    name_en: str
    hint: str
    hint_en: str
    businesses: tuple[str, ...]


GROUPS = (
    Group(
        "quick", "P", "交费充值", "Pay & top up",
        "自助机和手机也能办,无需排队", "Also on the machine or online, no queue",
        ("payment", "balance_query", "invoice"),
    ),
    Group(
        "general", "A", "综合业务", "General services",
        "补卡、套餐、过户等,请带本人证件", "SIM, plans, transfers: bring your ID",
        (
            "plan_change", "sim_replace", "new_account", "vas_change", "detail_print", "campaign",
            "suspend_resume", "password", "points", "real_name", "transfer", "close_account", "roaming",
            "port_in", "port_out", "enquiry", "retention", "identity_check",
        ),
    ),
    Group(
        "home", "T", "宽带电视", "Broadband & TV",
        "新装、移机、续费,请带装机地址", "New line, moving, renewal: bring the address",
        ("broadband",),
    ),
    Group(
        "handset", "M", "买手机", "Buy a phone",
        "购机、合约、售后和备机", "Phones, contracts, repairs and loan phones",
        ("terminal", "after_sales", "loan_phone"),
    ),
    Group(
        "company", "J", "集团客户", "Business customers",
        "请带介绍信和公章", "Bring a letter of introduction and the seal",
        ("corporate",),
    ),
)  # fmt: skip
GROUP_BY_CODE = {group.code: group for group in GROUPS}
GROUP_OF = {code: group.code for group in GROUPS for code in group.businesses}


def make_businesses() -> dict[str, BusinessType]:
    rows = [
        BusinessType(
            code=one.code,
            name=one.name,
            name_en=one.name_en,
            minutes=Decimal(str(one.minutes)),
            needs_id=one.needs_id,
            documents=one.documents,
            e_channel=one.e_channel,
        )
        for one in BUSINESSES
    ]
    return {row.code: row for row in BusinessType.objects.bulk_create(rows)}
