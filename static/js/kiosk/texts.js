// Every word a customer reads or hears at the kiosk and on the slip, in both languages.

const ZH = {
  welcome: "欢迎光临",
  home_title: "请选择要办理的业务",
  home_sub: "一个号码可以办理多项业务",
  summary: "现有 {n} 位等候 · {w} 个窗口营业",
  summary_bare: "现有 {n} 位等候",
  waiting: "{n} 位等候",
  nobody: "无人等候",
  about_minutes: "约 {range} 分钟",
  unknown_short: "时间暂无法估算",
  lane: "爱心通道",
  lane_who: "长者、行动不便、孕妇",
  lane_off: "点这里优先办理",
  lane_on: "已选,优先办理",
  large: "大字版",
  large_off: "标准字",
  language: "English",
  read: "语音读屏",
  help: "需要帮助,请找身边的工作人员",
  back: "返回",
  to_start: "回到首页",
  booked: "已预约",
  booked_how: "输手机号或预约码",
  booked_title: "请输入手机号或 6 位预约码",
  booked_sub: "预约时间前 30 分钟起可以取号",
  booked_take: "取号",
  booked_short: "请输入 11 位手机号或 6 位预约码",
  bring: "请准备:{what}",
  bring_most: "请准备:{what}(个别业务另有要求,可先问引导员)",
  near: "现在等候较久。{halls} 较空闲,也可以去那里办理",
  near_hall: "{name}({km} 公里,{n} 位等候)",
  group_stopped: "暂停取号",
  group_full: "今日号已取完",
  group_stopped_why: "{name}暂停取号:{reason}。请咨询引导员。",
  group_full_why: "{name}今日的号已取完:{reason}。请改日再来,或咨询引导员。",
  tip_title: "这项业务自助机和手机上也能办,无需排队",
  tip_anyway: "仍要取号",
  tip_go: "不取号了,我去自助办理",
  phone_title: "输入手机号可接收叫号短信(可不填)",
  clear: "清空",
  erase: "退格",
  take: "取号",
  take_plain: "不填手机号,直接取号",
  taking: "正在取号,请稍候…",
  bad_phone: "手机号应为 11 位数字,请核对。",
  your_number: "您的号码",
  people: "{n} 位",
  minutes: "{range} 分钟",
  ahead_label: "在您前面",
  wait_label: "预计等候",
  unknown: "暂时无法估算等候时间,请留意叫号",
  scan: "手机扫码,随时看进度",
  follow: "可以先坐一坐,快到时手机会提醒",
  follow_sms: "快轮到您时,您填的手机会收到短信",
  printing: "正在打印,请取走您的号码",
  paper_out: "打印机缺纸,请记下号码或扫码,工作人员马上过来",
  again: "再打印一次",
  print: "打印",
  done: "完成",
  idle: "{s} 秒后回到首页",
  stay: "继续",
  away: "取号机暂时连不上系统,请到引导台取号",
  away_more: "正在自动重新连接,恢复后本机会回到首页",
  away_holding: "正在继续为您取号,连上后号码会显示在这里",
  give_up: "不等了,去引导台",
  stopped: "今日取号已结束,营业到 {time}。交费可使用自助机",
  stopped_bare: "今日取号已结束。交费可使用自助机",
  closed: "现在不在营业时间",
  closed_hours: "今天的营业时间:{hours}",
  closed_today: "今天不营业",
  line: "本厅没有取号机,请直接到窗口前排队",
  unpaired: "这台取号机需要重新配对",
  unpaired_more: "请到引导台取号。工作人员可在「设备配对」取得 6 位配对码",
  to_pairing: "工作人员配对",
  busy: "取号的人较多,请稍等几秒再试。",
  refused: "这次没有取到号码,请到引导台取号。",
  slip_business: "业务",
  slip_ahead: "前面",
  slip_wait: "预计等候",
  slip_taken: "取号时间",
  slip_wait_unknown: "暂时无法估算",
  slip_scan: "扫码看进度、取消或评价",
  slip_note: "请留意叫号和大屏。过号请到引导台,当日有效。",
  trial: "试打",
  say_ticket: "您的号码是 {number}。",
  say_ahead: "前面 {n} 位。",
  say_wait: "预计等候 {low} 到 {high} 分钟。",
};

const EN = {
  welcome: "Welcome",
  home_title: "What can we help you with?",
  home_sub: "One number is good for several requests",
  summary: "{n} waiting · {w} windows open",
  summary_bare: "{n} waiting",
  waiting: "{n} waiting",
  nobody: "No queue",
  about_minutes: "about {range} min",
  unknown_short: "wait unknown",
  lane: "Priority help",
  lane_who: "Seniors, reduced mobility, pregnancy",
  lane_off: "Tap for priority",
  lane_on: "Priority is on",
  large: "Large text",
  large_off: "Normal text",
  language: "中文",
  read: "Read aloud",
  help: "Need help? Please ask our staff",
  back: "Back",
  to_start: "Start again",
  booked: "I have an appointment",
  booked_how: "Phone or code",
  booked_title: "Enter your phone number or the 6-digit code",
  booked_sub: "From 30 minutes before your appointment",
  booked_take: "Take a number",
  booked_short: "Enter 11 digits of a phone, or 6 of a code",
  bring: "Please have ready: {what}",
  bring_most: "Please have ready: {what} (some requests need more; please ask the greeter)",
  near: "The wait is long here. Less busy: {halls}",
  near_hall: "{name} ({km} km, {n} waiting)",
  group_stopped: "No numbers now",
  group_full: "No more today",
  group_stopped_why: "{name}: no numbers right now. Please see the greeter.",
  group_full_why: "{name}: no more numbers today. Please come another day or see the greeter.",
  tip_title: "You can also do this on the machine or online",
  tip_anyway: "Take a number anyway",
  tip_go: "No number needed",
  phone_title: "Enter your number for an SMS when called (optional)",
  clear: "Clear",
  erase: "Delete",
  take: "Take a number",
  take_plain: "Take a number without it",
  taking: "Getting your number…",
  bad_phone: "A mobile number has 11 digits. Please check.",
  your_number: "Your number",
  people: "{n}",
  minutes: "{range} min",
  ahead_label: "ahead of you",
  wait_label: "expected wait",
  unknown: "Wait time not available yet, please listen for your number",
  scan: "Scan to follow your number",
  follow: "Take a seat; your phone will tell you when it is near",
  follow_sms: "You will get an SMS when it is nearly your turn",
  printing: "Printing. Please take your number",
  paper_out: "Printer is out of paper. Note your number or scan the code",
  again: "Print again",
  print: "Print",
  done: "Done",
  idle: "Back to start in {s} s",
  stay: "Stay",
  away: "This machine can't reach the system right now. Please get a number from the greeter",
  away_more: "Reconnecting by itself; the start page will come back",
  away_holding: "Still getting your number; it will appear here",
  give_up: "Stop waiting",
  stopped: "No more numbers today; open until {time}. Self-service is still open",
  stopped_bare: "No more numbers today. Self-service is still open",
  closed: "We are closed at this time",
  closed_hours: "Open today: {hours}",
  closed_today: "Closed today",
  line: "There is no ticket machine here. Please queue at the window",
  unpaired: "This machine has to be paired again",
  unpaired_more: "Please get a number from the greeter",
  to_pairing: "Pair (staff)",
  busy: "Many people are taking numbers. Please try again in a few seconds.",
  refused: "We could not give you a number. Please see the greeter.",
  slip_business: "For",
  slip_ahead: "Ahead",
  slip_wait: "Expected wait",
  slip_taken: "Taken at",
  slip_wait_unknown: "not known yet",
  slip_scan: "Scan to follow, cancel or rate",
  slip_note: "Please listen for your number and watch the screen. If you miss it, see the greeter. Valid today.",
  trial: "Test",
  say_ticket: "Your number is {number}.",
  say_ahead: "{n} ahead.",
  say_wait: "About {low} to {high} minutes.",
};

// The server's sentences are Chinese; these say the same to whoever chose English.
const EN_REFUSALS = {
  hall_closed: "No more numbers today. Self-service is still open.",
  not_issuing: "No more numbers today. Self-service is still open.",
  hall_full: "The hall is full right now. Please try again later or see the greeter.",
  not_served_here: "This can't be done here. Please see the greeter.",
  phone_has_number: "This phone already has a number. Leave the field empty or see the greeter.",
  bad_phone: EN.bad_phone,
  group_stopped: "No numbers for this right now. Please see the greeter.",
  group_full: "No more numbers for this today. Please see the greeter.",
  no_appointment: "We found no appointment for today. Please check what you typed, or take a number.",
  too_early: "It is too early for your appointment. Please come back nearer the time.",
  appointment_lapsed: "The time of your appointment has passed. Please take a number.",
  already_arrived: "This appointment has its number already. Please listen for it.",
};

const TABLES = { zh: ZH, en: EN };
let language = "zh";

export function setLanguage(next) {
  language = next;
}

export function isEnglish() {
  return language === "en";
}

export function t(key, values = {}) {
  return TABLES[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The name or hint of a group or business in the chosen language. */
export function named(thing, field = "name") {
  return (isEnglish() && thing[`${field}_en`]) || thing[field] || "";
}

/** A refusal in the chosen language: English for known codes, else the server's own sentence below a general one. */
export function refusal(code, sentence) {
  if (code === "busy") return { text: t("busy"), more: "" };
  if (!isEnglish()) return { text: sentence || t("refused"), more: "" };
  const known = EN_REFUSALS[code];
  return known ? { text: known, more: "" } : { text: t("refused"), more: sentence || "" };
}

/** Put the words of the chosen language on everything that carries a key. */
export function translate(root = document) {
  root.documentElement.lang = isEnglish() ? "en" : "zh-Hans";
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
}
