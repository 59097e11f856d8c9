// Waits by half hour in a what-if: what half of the customers and nine of ten do not exceed, against the standard.

const COLOR = {half: "#0085D0", most: "#B25E00", limit: "#C8102E", ink: "#4A5775", line: "#E3E8F0"};

function options(data) {
  const font = {fontFamily: getComputedStyle(document.body).fontFamily, color: COLOR.ink};
  return {
    animationDuration: 300,
    textStyle: font,
    grid: {left: 48, right: 24, top: 44, bottom: 30},
    legend: {top: 6, right: 16, textStyle: {color: COLOR.ink, fontSize: 13}, data: ["一半客户", "九成客户"]},
    tooltip: {trigger: "axis", renderMode: "richText", formatter: (points) => tell(data, points)},
    xAxis: {type: "category", data: data.slots, axisTick: {show: false}, axisLine: {lineStyle: {color: COLOR.line}},
      axisLabel: {color: COLOR.ink, fontSize: 12, hideOverlap: true}},
    yAxis: {type: "value", min: 0, name: "分钟", nameTextStyle: {color: COLOR.ink}, axisLabel: {color: COLOR.ink},
      splitLine: {lineStyle: {color: COLOR.line}}},
    series: [
      {name: "一半客户", type: "bar", data: data.p50, barMaxWidth: 20, itemStyle: {color: COLOR.half, borderRadius: [4, 4, 0, 0]}},
      {name: "九成客户", type: "bar", data: data.p90, barMaxWidth: 20, itemStyle: {color: COLOR.most, borderRadius: [4, 4, 0, 0]},
        markLine: {symbol: "none", silent: true, lineStyle: {color: COLOR.limit, type: "dashed"},
          label: {formatter: `标准 ${data.limit} 分`, color: COLOR.limit, position: "insideEndTop"}, data: [{yAxis: data.limit}]}},
    ],
  };
}

function tell(data, points) {
  const at = points[0].dataIndex;
  const minutes = (value) => (value === null ? "—" : `≤ ${value} 分`);
  return `${data.slots[at]} 起到厅 ${data.customers[at]} 位\n一半客户 ${minutes(data.p50[at])}\n九成客户 ${minutes(data.p90[at])}`;
}

const source = document.getElementById("what-if-data");
const place = document.getElementById("what-if-chart");
if (source && place && window.echarts) {
  const data = JSON.parse(source.textContent);
  const chart = window.echarts.init(place, null, {renderer: "canvas"});
  chart.setOption(options(data));
  addEventListener("resize", () => chart.resize());
  document.fonts.load(`14px ${getComputedStyle(document.body).fontFamily}`, "一半九成客户分钟标准 0123456789:")
    .then(() => chart.setOption(options(data), {notMerge: true}));
}
