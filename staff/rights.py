"""Who may do what: one line for each right, with the roles that hold it. Operations hold every right.

`docs/access.md` tells the same; a test compares them.
"""

from dataclasses import dataclass

from staff.states import Role


@dataclass(frozen=True)
class Right:
    label: str
    roles: frozenset[Role]


MANAGERS = frozenset({Role.DUTY_MANAGER, Role.HALL_MANAGER})
AT_WINDOW = MANAGERS | {Role.CLERK, Role.BACK_OFFICE, Role.HANDSET_SELLER}
FRONT = AT_WINDOW | {Role.GREETER, Role.ENQUIRY, Role.FLOOR_WALKER}
LEADERS = MANAGERS | {Role.DISTRICT}
HEADS = frozenset({Role.HALL_MANAGER, Role.DISTRICT})
DISTRICT = frozenset({Role.DISTRICT})
EVERYBODY = frozenset(Role) - {Role.OPERATIONS}
NOBODY_ELSE: frozenset[Role] = frozenset()

RIGHTS: dict[str, Right] = {
    "hall.see": Right("看营业厅现场、号码与窗口", EVERYBODY),
    "queue.issue": Right("代客取号", FRONT),
    "queue.serve": Right("签入窗口并叫号", AT_WINDOW),
    "queue.floor": Right("大厅引导:补办、取消、一米线人数", FRONT - {Role.HANDSET_SELLER}),
    "queue.manage": Right("值班经理特批:代签出、带号暂停", LEADERS),
    "queue.fairness": Right("改取号优先与上限", DISTRICT),
    "figures.see": Right("看现场看板与排队统计", LEADERS),
    "tv.manage": Right("大屏内容、通知与广播", LEADERS),
    "customer.see": Right("查看客户概况(号码打码)", EVERYBODY - {Role.INSPECTOR}),
    "customer.find": Right(
        "按完整手机号查询客户", AT_WINDOW | {Role.ACCOUNT_MANAGER, Role.COMPLAINT_HANDLER, Role.DISTRICT}
    ),
    "customer.reveal": Right(
        "查看完整号码(有在办号码或投诉)", AT_WINDOW | {Role.ACCOUNT_MANAGER, Role.COMPLAINT_HANDLER, Role.DISTRICT}
    ),
    "customer.reveal_any": Right("查看完整号码(不需在办号码或投诉)", LEADERS),
    "customer.disclose": Right("依法提供客户信息(双人)", LEADERS | {Role.COMPLAINT_HANDLER}),
    "customer.consent": Right("登记业务变更的确认凭证", AT_WINDOW),
    "grant.manage": Right("给合作厅人员授权查看客户信息", DISTRICT),
    "access_log.review": Right("审核号码查看记录", LEADERS),
    "points.redeem": Right("积分兑换与撤销", AT_WINDOW),
    "points.enrol": Right("代客开通积分计划", AT_WINDOW),
    "points.report": Right("看积分报表、对账与礼品库存", LEADERS),
    "points.run": Right("运行星级评定与积分生成", NOBODY_ELSE),
    "points.rules": Right("改积分规则与活动", NOBODY_ELSE),
    "gift.stock": Right("礼品入库、盘点与报损", LEADERS),
    "gift.manage": Right("礼品、价格与商户", NOBODY_ELSE),
    "system.push": Right("外部系统推送客户资料、余额与短信", NOBODY_ELSE),
    "hall.check": Right("日常检查、报修、突发事件登记", FRONT | {Role.DISTRICT}),
    "hall.operate": Right("安排维修、结束事件、设备台账", LEADERS),
    "corporate.see": Right("看集团客户", LEADERS | {Role.ACCOUNT_MANAGER}),
    "corporate.manage": Right("登记集团客户、成员与指标", HEADS | {Role.ACCOUNT_MANAGER}),
    "campaign.manage": Right("安排营销活动与外出活动", LEADERS),
    "system.declare": Right("宣布系统中断与恢复", LEADERS),
    "supplies.answer": Right("答复物品申领", DISTRICT),
    "hall.configure": Right("改营业时间与例外", HEADS),
    "hall.open": Right("开新厅:复制、按表导入、开业", DISTRICT),
    "device.pair": Right("配对与停用设备", LEADERS),
    "staff.see": Right("查看人员", LEADERS),
    "staff.reset_password": Right("重置密码", HEADS),
    "staff.manage": Right("添加与编辑人员,办理岗位与离职", HEADS),
    "certificate.manage": Right("登记与收回证书", HEADS),
    "certificate.require": Right("定无上岗证不能上窗口的日期", DISTRICT),
    "duty.manage": Right("指定 AB 角与定期任务", MANAGERS),
    "meeting.hold": Right("主持晨会、登记小测", MANAGERS),
    "training.manage": Right("安排培训、登记成绩", HEADS),
    "violation.note": Right("登记需核实的情况", LEADERS | {Role.INSPECTOR}),
    "violation.decide": Right("认定违规与复核", HEADS),
    "roster.see": Right("看本厅班表、考勤", EVERYBODY - {Role.COMPLAINT_HANDLER, Role.INSPECTOR}),
    "roster.manage": Right("排班、发布班表、临时顶班", LEADERS),
    "roster.sign": Right("审批请假、换班签字、个别照顾", HEADS),
    "roster.configure": Right("修改班次、工时制与排班规则", HEADS),
    "handover.sign": Right("交接班、轧账缴款", AT_WINDOW | {Role.DISTRICT}),
    "handover.manage": Right("确认交接差额、同意离岗、值班日志", LEADERS),
    "handover.configure": Right("修改交接清单与备用金", HEADS),
    "money.see": Right("看缴款、日结、台账", LEADERS | {Role.BACK_OFFICE}),
    "money.manage": Right("签收缴款、解款、录入系统金额、提交日结、登记台账", MANAGERS | {Role.BACK_OFFICE}),
    "money.confirm": Right("确认长短款与日结差额、月结", HEADS),
    "complaint.log": Right("登记投诉与建议", EVERYBODY - {Role.INSPECTOR, Role.DISTRICT}),
    "complaint.see": Right("看投诉处理台、意见簿、退费与补偿", LEADERS | {Role.COMPLAINT_HANDLER}),
    "complaint.handle": Right("处理投诉:派单、答复、办结", MANAGERS | {Role.COMPLAINT_HANDLER}),
    "complaint.manage": Right(
        "投诉管理:延期、不予受理、改派首问、更正客户类别", frozenset({Role.HALL_MANAGER, Role.COMPLAINT_HANDLER})
    ),
    "complaint.team": Right("投诉班:回单、预退查证、退费出账", frozenset({Role.COMPLAINT_HANDLER})),
    "complaint.figures": Right("看投诉统计", LEADERS | {Role.COMPLAINT_HANDLER}),
    "complaint.policy": Right("改投诉时限规则", NOBODY_ELSE),
    "refund.duty": Right("审批小额退费与补偿(值班经理)", MANAGERS),
    "refund.hall": Right("审批退费与补偿(店长)", frozenset({Role.HALL_MANAGER})),
    "refund.team": Right("审批退费与补偿(投诉班)", frozenset({Role.COMPLAINT_HANDLER})),
    "refund.city": Right("审批大额退费与补偿(市公司)", NOBODY_ELSE),
    "bulletin.write": Right("起草、发布业务通知并催确认", HEADS),
    "knowledge.edit": Right("编辑知识库", DISTRICT),
    "audit.check": Right("次日业务稽核", LEADERS | {Role.BACK_OFFICE}),
    "sheet.sign": Right("答复与签认个人月度单", HEADS),
    "award.decide": Right("评定月度明星、办技能竞赛", HEADS),
    "suggestion.answer": Right("答复员工建议", HEADS),
    "target.set": Right("下达与分解目标", HEADS),
    "inspection.audit": Right("现场检查打分", frozenset({Role.INSPECTOR})),
    "inspection.patrol": Right("值班巡视与厅内自查", MANAGERS),
    "inspection.see": Right("看已提交的检查、排名与整改", LEADERS | {Role.INSPECTOR}),
    "inspection.act": Right("整改、申诉与加分申报", frozenset({Role.HALL_MANAGER})),
    "inspection.plan": Right("安排检查计划", DISTRICT),
    "inspection.decide": Right("复核整改、处理申诉、审批加分", DISTRICT),
    "inspection.cards": Right("修改与发布评分表、题库", NOBODY_ELSE),
    "report.see": Right("看营业周报、支撑需求、月度资料包与通报", LEADERS),
    "report.write": Right("填写营业周报", MANAGERS),
    "report.sign": Right("营业周报签字与更正", frozenset({Role.HALL_MANAGER})),
    "support.answer": Right("答复支撑需求(市公司)", NOBODY_ELSE),
    "task.give": Right("下达、催办与确认区县任务", DISTRICT),
    "task.do": Right("签收并完成区县任务", MANAGERS),
    "circular.issue": Right("起草与印发月度通报", DISTRICT),
    "circular.receive": Right("签收月度通报", MANAGERS),
    "settings.change": Right("修改设置与参数", NOBODY_ELSE),
}

VERBS: dict[str, str] = {verb: right.label for verb, right in RIGHTS.items()}
ROLE_VERBS: dict[str, frozenset[str]] = {
    role: frozenset(verb for verb, right in RIGHTS.items() if role in right.roles or role == Role.OPERATIONS)
    for role in Role
}
