"""What each business asks for at the door, and what helps those who came without it (R-Q-12, R-Q-11)."""

from dataclasses import dataclass

from halls.models import BusinessType
from queueing.models import Checklist, ChecklistItem
from queueing.states import ItemKind

OWNER = "机主本人有效身份证件原件"


@dataclass(frozen=True)
class Asked:
    """Every document must be there, so none that only some customers need; `needed` of the information will do."""

    documents: tuple[str, ...]
    information: tuple[str, ...] = ()
    needed: int = 0


# 9选3: who has lost the card is known by three of these nine.
NINE = (
    "客户姓名",
    "证件号码",
    "入网时间(年月)",
    "入网营业厅",
    "当前套餐名称",
    "近三个月内 3 个常用联系号码",
    "最近一次交费的金额和方式",
    "上月话费金额",
    "SIM 卡号后 5 位",
)

CHECKLISTS = {
    "invoice": Asked((OWNER,)),
    "detail_print": Asked((OWNER, "服务密码或短信验证码"), ("查询月份(近 5 个月,不含当月)",), 1),
    "new_account": Asked(
        ("本人有效身份证件原件",),
        ("想要的号码", "想要的套餐", "联系地址"),
        2,
    ),
    "real_name": Asked((OWNER, "要补登记的 SIM 卡")),
    "sim_replace": Asked((OWNER,), NINE, 3),
    "plan_change": Asked((OWNER,), ("现在的套餐", "想换的套餐", "合约到期时间"), 1),
    "suspend_resume": Asked((OWNER,)),
    "transfer": Asked(
        ("原机主有效身份证件原件", "新机主有效身份证件原件", "双方本人到场"),
        ("话费已结清", "没有未到期的合约", "过户后使用的套餐"),
        2,
    ),
    "close_account": Asked((OWNER, "话费结清后的凭据"), ("余额退到哪里", "没有未到期的合约"), 1),
    "port_in": Asked(
        ("本人有效身份证件原件", "携转授权码短信(1 小时内有效)"),
        ("号码已实名且状态正常", "在原运营商无欠费", "没有未到期的合约", "入网满 120 天"),
        4,
    ),
    "port_out": Asked((OWNER,), ("已发送 CXXZ 到 10086 查询资格", "没有未到期的合约"), 1),
    "broadband": Asked((OWNER,), ("装机地址(到门牌号)", "预约上门时间", "上门联系电话"), 2),
    "roaming": Asked((OWNER,), ("目的地", "出行日期"), 2),
    "password": Asked((OWNER,)),
    "points": Asked((OWNER,)),
    "terminal": Asked(("本人有效身份证件原件",), ("想要的机型", "是否办合约"), 1),
    "campaign": Asked((OWNER,)),
    "corporate": Asked(("经办人有效身份证件原件", "单位介绍信", "单位公章"), ("单位名称", "要办理的号码清单"), 2),
    "after_sales": Asked(("购机发票", "保修卡", "故障手机"), ("已备份手机资料",), 1),
    "loan_phone": Asked((OWNER, "维修单")),
    "retention": Asked((OWNER,)),
    "identity_check": Asked((OWNER, "要核实的 SIM 卡"), ("号码的用途", "近期是否借给他人使用"), 1),
}

WITHOUT_DOCUMENTS = {
    "invoice": "手机营业厅凭服务密码开电子发票,不用证件",
    "detail_print": "手机营业厅或网上营业厅凭服务密码和短信验证码查询,不用证件",
    "new_account": "手机营业厅先选号和套餐,带证件来时只需核验;也可用电子身份证核验",
    "real_name": "手机营业厅刷脸自助补登记,不用到厅",
    "sim_replace": "先打 10086 挂失保护号码,带证件来时再补卡",
    "plan_change": "手机营业厅或短信凭服务密码办理,不用证件",
    "suspend_resume": "打 10086 或在手机营业厅凭服务密码办理,不用证件",
    "close_account": "手机营业厅先预约销户、结清话费,带证件来时只需确认",
    "port_in": "先发短信 CXXZ#姓名#证件号码 到原运营商查询资格,符合后带证件来",
    "port_out": "发送 CXXZ#姓名#证件号码 到 10086 查询资格,不用证件",
    "broadband": "手机营业厅预约安装,装维人员上门时核验证件",
    "roaming": "手机营业厅或 10086 热线凭服务密码开通,不用证件",
    "password": "手机营业厅刷脸或短信验证码重置,不用证件",
    "points": "手机营业厅凭服务密码兑换,不用证件",
    "terminal": "只买裸机不办合约时不用证件",
    "campaign": "手机营业厅活动专区凭短信验证码参加,不用证件",
    "corporate": "请客户经理上门收取材料并办理",
    "after_sales": "凭手机串号可查购机记录,发票可当场补打",
}


def make() -> int:
    """Checklists for all businesses that ask for something; how many."""
    businesses = {row.code: row for row in BusinessType.objects.filter(code__in={*CHECKLISTS, *WITHOUT_DOCUMENTS})}
    for code, words in WITHOUT_DOCUMENTS.items():
        businesses[code].without_documents = words
    BusinessType.objects.bulk_update(businesses.values(), ["without_documents"])
    lists = Checklist.objects.bulk_create(
        Checklist(business=businesses[code], information_needed=asked.needed) for code, asked in CHECKLISTS.items()
    )
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=row, text=text, kind=kind, order=order)
        for row in lists
        for kind, lines in _lines(CHECKLISTS[row.business.code])
        for order, text in enumerate(lines, 1)
    )
    return len(lists)


def _lines(asked: Asked) -> tuple[tuple[ItemKind, tuple[str, ...]], ...]:
    return (ItemKind.DOCUMENT, asked.documents), (ItemKind.INFORMATION, asked.information)
