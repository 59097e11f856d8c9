"""What a new installation starts with, editable afterwards: teams, their times of answer, the tree of categories."""

from core.words import Words

TEAMS: tuple[tuple[str, str, int | None], ...] = (
    ("hall", "店长", None),
    ("billing", "投诉班(计费)", 12),
    ("business", "投诉班(业务)", 12),
    ("consent", "投诉班(未经同意办理)", 8),
    ("network", "网络部", 24),
    ("terminal", "终端公司", 24),
    ("points", "积分组", 24),
    ("market", "市场部", 24),
    ("security", "信安岗", 8),
    ("channel", "渠道部", 24),
)
HALL_TEAM = "hall"


class Tree(Words):
    """Code, name; the upper level's team is in TREE."""

    SERVICE = "service", "现场服务"
    FEES = "fees", "费用争议"
    CONSENT = "consent", "未经同意办理"
    BUSINESS = "business", "业务办理"
    NETWORK = "network", "网络与宽带"
    TERMINAL = "terminal", "终端与售后"
    POINTS = "points", "积分与礼品"
    CAMPAIGN = "campaign", "营销活动"
    SECURITY = "security", "信息安全"
    CHANNEL = "channel", "渠道代理"


TREE: dict[str, tuple[str, tuple[str, ...]]] = {
    Tree.SERVICE: ("hall", ("等候久", "态度", "解释有误", "办错业务", "互相推托", "环境设施")),
    Tree.FEES: ("billing", ("套餐外费用", "增值业务扣费", "账单看不懂", "重复扣费", "代收费", "停机后计费")),
    Tree.CONSENT: ("consent", ("开通套餐", "开通增值业务", "续约", "代办未授权")),
    Tree.BUSINESS: ("business", ("办理后不生效", "变更受限", "销户余额", "补卡失败", "携号转网受阻")),
    Tree.NETWORK: ("network", ("信号弱", "上网慢", "通话断续", "宽带断网", "装机迟")),
    Tree.TERMINAL: ("terminal", ("新机质量", "保修争议", "赠品不符")),
    Tree.POINTS: ("points", ("少积分", "礼品缺货", "兑换码过期", "商户不认")),
    Tree.CAMPAIGN: ("market", ("宣传不清", "条件不符", "未返还")),
    Tree.SECURITY: ("security", ("骚扰与垃圾信息", "资料外泄疑虑", "冒名办卡")),
    Tree.CHANNEL: ("channel", ("代理点乱收费", "冒充人员")),
}
TEMPLATES = (
    ("已受理,正在核查", "您好,您反映的问题已经受理,我们正在核查,有结果会尽快给您回电。感谢您的理解。"),
    ("费用核查结果", "您好,您反映的费用已核查,结果如下:……。多收的部分将按承诺退还,给您带来不便,深表歉意。"),
    ("现场服务致歉", "您好,您反映的服务情况已核实,我们诚恳道歉,并已对相关人员进行提醒和培训。感谢您的监督。"),
    ("网络问题处理", "您好,您反映的网络情况已转网络部门处理,预计……前完成。期间如有变化,我们会及时告知您。"),
)
