// The day by half hours: who came against what was expected, and open windows against what is needed.
//
// The drawing stays where it is (hx-preserve); each redraw of its surroundings brings new numbers.

const SCALE = {
  bar: "#0085D0", forecast: "#B25E00", open: "#3F7D0A", needed: "#5F6C88", now: "#C8102E", ink: "#4A5775", line: "#E3E8F0",
};
let chart = null;
let drawn = "";

function draw() {
  const source = document.getElementById("flow-data");
  const place = document.getElementById("flow-chart");
  if (!source || !place || !window.echarts) return;
  if (chart?.getDom() !== place) {
    chart?.dispose();
    chart = window.echarts.init(place, null, {renderer: "canvas"});
    drawn = "";
  }
  if (source.textContent === drawn) return;
  drawn = source.textContent;
  const data = JSON.parse(drawn);
  chart.setOption(options(data), {notMerge: true});
  ready().then(() => chart.setOption(options(data), {notMerge: true}));
}

// A canvas draws with the fonts that are there; those of the page come in pieces, when their characters are asked for.
const WORDS = "到达预测营业窗口需要现在人个起半小时今天还没有客流。开门后这里会显示与 0123456789:.";
let fonts = null;

function ready() {
  fonts ??= Promise.all([400, 600].map((weight) =>
    document.fonts.load(`${weight} 14px ${getComputedStyle(document.body).fontFamily}`, WORDS))).catch(() => null);
  return fonts;
}

function options(data) {
  if (!data.slots.length) return {title: {text: "今天还没有客流。开门后这里会显示到达与预测。", left: "center", top: "middle",
    textStyle: {color: SCALE.ink, fontSize: 14, fontWeight: 400}}};
  const count = data.slots.length;
  const most = Math.max(1, ...data.open.map(Number), ...data.needed.map(Number));
  return {
    animationDuration: 300,
    textStyle: {fontFamily: getComputedStyle(document.body).fontFamily, color: SCALE.ink},
    grid: {left: 44, right: 44, top: 44, bottom: 28},
    legend: {top: 4, left: 8, itemWidth: 18, itemGap: 16, textStyle: {color: SCALE.ink, fontSize: 13},
      data: ["到达", "预测", "营业窗口", "需要窗口"]},
    tooltip: {trigger: "axis", renderMode: "richText", axisPointer: {type: "shadow"}, formatter: (points) => tell(data, points)},
    xAxis: [
      {type: "category", data: data.slots, axisTick: {show: false}, axisLine: {lineStyle: {color: SCALE.line}},
        axisLabel: {color: SCALE.ink, fontSize: 12, interval: count > 12 ? 1 : 0}},
      {type: "value", min: 0, max: count, show: false, axisPointer: {show: false}},
    ],
    yAxis: [
      {type: "value", minInterval: 1, name: "人", nameTextStyle: {color: SCALE.ink}, axisLabel: {color: SCALE.ink},
        splitLine: {lineStyle: {color: SCALE.line}}},
      {type: "value", minInterval: 1, min: 0, max: Math.ceil(most * 1.25), name: "窗口", nameTextStyle: {color: SCALE.ink},
        axisLabel: {color: SCALE.ink}, splitLine: {show: false}},
    ],
    series: [
      {name: "到达", type: "bar", data: data.arrived, barMaxWidth: 26, itemStyle: {color: SCALE.bar, borderRadius: [4, 4, 0, 0]}},
      {name: "预测", type: "line", data: data.forecast, showSymbol: false, smooth: true, color: SCALE.forecast,
        lineStyle: {width: 2.5}},
      steps("营业窗口", data.open, SCALE.open, "solid", data.now),
      steps("需要窗口", data.needed, SCALE.needed, "dashed", null),
      {name: "现在", type: "line", xAxisIndex: 1, data: [], silent: true,
        markLine: data.now === null ? undefined : {symbol: "none", silent: true, animation: false,
          lineStyle: {color: SCALE.now, width: 2, type: "solid"},
          label: {formatter: "现在", color: SCALE.now, position: "end", fontWeight: 600},
          data: [{xAxis: data.now}]}},
    ],
  };
}

// A level holds for its half hour, so it is drawn from its beginning to its end.
function steps(name, values, color, type, now) {
  const points = [];
  values.forEach((value, at) => {
    if (value === null) return;
    points.push([at, value], [now === null ? at + 1 : Math.min(at + 1, Math.max(now, at)), value]);
  });
  return {name, type: "line", xAxisIndex: 1, yAxisIndex: 1, data: points, showSymbol: false, color,
    lineStyle: {width: 2, type}, tooltip: {show: false}};
}

function tell(data, points) {
  const at = points.find((point) => point.axisDim === "x" && point.axisIndex === 0)?.dataIndex;
  if (at === undefined) return "";
  const rows = [`${data.slots[at]} 起半小时`];
  if (data.arrived[at] !== null) rows.push(`到达 ${data.arrived[at]} 人`);
  if (data.forecast[at] !== null) rows.push(`预测 ${data.forecast[at]} 人`);
  if (data.open[at] !== null) rows.push(`营业窗口 ${data.open[at]} 个`);
  if (data.needed[at] !== null) rows.push(`需要窗口 ${data.needed[at]} 个`);
  return rows.join("\n");
}

document.addEventListener("htmx:afterSettle", draw);
addEventListener("resize", () => chart?.resize());
draw();
