// Every word of the customer's own page, in both languages.

const ZH = {
  language: "English",
  live: "实时更新",
  waking: "正在连接…",
  stale: "连接中断,数据停在 {time},正在重新连接…",
  your_number: "您的号码",
  people: "{n} 位",
  minutes: "{range} 分钟",
  ahead_label: "在您前面",
  wait_label: "预计等候",
  unknown: "暂时无法估算等候时间,请留意叫号",
  waiting: "等候中",
  near: "前面还有 {n} 位,请回到大厅",
  next: "下一位就是您,请在大厅等候",
  called: "轮到您了,|请到 {window}",
  called_plain: "轮到您了,|请留意大屏上的窗口",
  recalled: "已第 {n} 次叫您的号码,请尽快到窗口",
  serving: "正在 {window}为您办理",
  serving_plain: "正在为您办理",
  held: "您的号码已暂挂",
  held_papers: "请补齐材料后回来",
  held_papers_advice: "号码为您保留到今天营业结束。材料备齐后请到引导台,不用重新取号。",
  held_back_office: "正在后台处理,请稍候",
  held_back_office_advice: "处理好后窗口会再叫您,号码不变,请留意叫号。",
  more: "{first},另办 {more}",
  outage_down: "{what},这项业务暂不能办理",
  outage_down_words: "您的号码继续有效,恢复后按原来的次序叫号。也可以先离开,以后凭回厅号优先办理。",
  outage_left: "您已先离开",
  outage_left_words: "系统恢复后,留了手机号的会收到短信。回厅时在取号机「已预约」处输入回厅号。",
  outage_back: "系统已恢复,欢迎回来",
  outage_back_words: "请在 {day}前到厅,在取号机「已预约」处输入回厅号,可优先办理。",
  outage_used: "您已凭回厅号取过号",
  outage_used_words: "请留意新号码的叫号。",
  outage_code: "回厅号 {code}",
  outage_leave: "先离开,恢复后优先办理",
  slot: "预约 {time}",
  why_title: "很抱歉。是哪方面?",
  why_wait: "等候久",
  why_manner: "态度",
  why_not_done: "没办成",
  why_unclear: "解释不清",
  why_charge: "收费",
  why_place: "环境",
  why_call: "需要有人联系我",
  why_phone: "联系您的手机号",
  why_phone_kept: "联系您的手机号(不填则用取号时留的号码)",
  why_send: "提交",
  why_none: "请点选一项或几项原因。",
  complain: "登记为投诉,请值班经理处理",
  rated_why: "谢谢您的评价:{score}",
  held_advice: "号码为您保留着。准备好后请告诉窗口或引导台,不用重新取号。",
  done: "已办结",
  done_advice: "感谢您的光临。",
  no_show: "您的号码已过号。|请到引导台,可为您顺延 {n} 位",
  title_no_show: "{number} 已过号",
  cancelled: "号码已取消",
  cancelled_advice: "如需办理,请重新取号。",
  closed: "当天营业已结束,号码已关闭",
  closed_advice: "没能为您办理,很抱歉。请下次到厅重新取号。",
  step_taken: "{time} 已取号",
  step_waiting: "等候中,前面还有 {n} 位时会提醒您回到大厅",
  step_called: "叫号后请到指定窗口",
  bring: "请准备",
  rate_title: "这次服务您满意吗?",
  score_5: "非常满意",
  score_4: "满意",
  score_3: "一般",
  score_2: "不满意",
  score_1: "非常不满意",
  rated: "谢谢您的评价:{score}",
  rated_low: "谢谢您告诉我们。很抱歉没让您满意,我们会改进{phone}。",
  rated_phone: ";有事也可致电 {phone}",
  leave: "不等了,取消号码",
  sure: "确定取消 {number} 吗?取消后需要重新取号。",
  keep: "不取消",
  really_cancel: "确定取消",
  offline: "现在连不上系统,请稍后再试。",
  reload: "页面已过期,请刷新后再试。",
  title_waiting: "{number} 前面 {n} 位",
  title_called: "轮到您了 {number} {window}",
  title_other: "{number} {state}",
};

const EN = {
  language: "中文",
  live: "Live",
  waking: "Connecting…",
  stale: "Connection lost; this is as of {time}. Reconnecting…",
  your_number: "Your number",
  people: "{n}",
  minutes: "{range} min",
  ahead_label: "ahead of you",
  wait_label: "expected wait",
  unknown: "Wait time not available yet, please listen for your number",
  waiting: "Waiting",
  near: "{n} ahead, please return",
  next: "You are next, please stay in the hall",
  called: "It's your turn:|{window}",
  called_plain: "It's your turn:|see the screen for the window",
  recalled: "Your number has been called {n} times. Please come now",
  serving: "You are being served at {window}",
  serving_plain: "You are being served",
  held: "Your number is on hold",
  held_papers: "Please come back with the papers",
  held_papers_advice: "Your number is kept until the hall closes today. When you have everything, see the greeter; no new number is needed.",
  held_back_office: "In progress, one moment please",
  held_back_office_advice: "You keep your number and will be called again. Please listen for it.",
  more: "{first}, also {more}",
  outage_down: "The system for this service is down",
  outage_down_words: "Your number stays valid and keeps its place. You may also leave now and come back later with priority.",
  outage_left: "You have left for now",
  outage_left_words: "If you gave a phone number, we text you when the system is back. Then enter your return code at the machine under “I have an appointment”.",
  outage_back: "The system is back",
  outage_back_words: "Come until {day} and enter your return code at the machine to be served with priority.",
  outage_used: "Your return code has been used",
  outage_used_words: "Please listen for your new number.",
  outage_code: "Return code {code}",
  outage_leave: "Leave now, priority later",
  slot: "Appointment {time}",
  why_title: "Sorry to hear that. What went wrong?",
  why_wait: "Long wait",
  why_manner: "Manner",
  why_not_done: "Not done",
  why_unclear: "Unclear",
  why_charge: "Charges",
  why_place: "Place",
  why_call: "Please contact me",
  why_phone: "Your mobile number",
  why_phone_kept: "Your mobile number (empty: the one you gave with your number)",
  why_send: "Send",
  why_none: "Please choose at least one.",
  complain: "File a complaint with the duty manager",
  rated_why: "Thank you for telling us: {score}",
  held_advice: "It is kept for you. When you are ready, tell the window or the greeter; no new number is needed.",
  done: "All done",
  done_advice: "Thank you for your visit.",
  no_show: "You missed your turn.|Please see the greeter",
  title_no_show: "{number} missed",
  cancelled: "Number cancelled",
  cancelled_advice: "Please take a new number if you need one.",
  closed: "The hall has closed for the day",
  closed_advice: "We are sorry we could not serve you. Please take a new number on your next visit.",
  step_taken: "Number taken at {time}",
  step_waiting: "Waiting; we tell you here when {n} are ahead",
  step_called: "When called, go to the window shown",
  bring: "Please have ready",
  rate_title: "How was our service?",
  score_5: "Very good",
  score_4: "Good",
  score_3: "Fair",
  score_2: "Poor",
  score_1: "Very poor",
  rated: "Thank you for rating us: {score}",
  rated_low: "Thank you for telling us. We are sorry and will do better{phone}.",
  rated_phone: "; you may also call {phone}",
  leave: "Cancel my number",
  sure: "Cancel {number}? You will need a new number afterwards.",
  keep: "Keep it",
  really_cancel: "Cancel it",
  offline: "We can't reach the system right now. Please try again shortly.",
  reload: "This page is too old. Please reload and try again.",
  title_waiting: "{number}: {n} ahead",
  title_called: "Your turn: {number} {window}",
  title_other: "{number} {state}",
};

const TABLES = { zh: ZH, en: EN };
const KEPT_AS = "hallkeeper.language";
let language = "zh";

/** The browser's language, unless this phone chose before. Storage may be refused; then the choice lasts one visit. */
export function pickLanguage() {
  try {
    language = localStorage.getItem(KEPT_AS) || "";
  } catch {
    language = "";
  }
  if (!TABLES[language]) language = (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // Private windows refuse storage; the page still changes.
  }
}

export function isEnglish() {
  return language === "en";
}

export function t(key, values = {}) {
  return TABLES[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

export function translate() {
  document.documentElement.lang = isEnglish() ? "en" : "zh-Hans";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
}
