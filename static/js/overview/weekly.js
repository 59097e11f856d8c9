// A weekly report: the drawing of its days, and a question before signing.

import {watch} from "./texts.js";

const SCALE = {bar: "#0085D0", wait: "#B25E00", limit: "#C8102E", ink: "#4A5775", line: "#E3E8F0"};
const WORDS = "取号平均等候分钟个达标线周一二三四五六日月 0123456789-.";

async function draw() {
  const source = document.getElementById("week-data");
  const place = document.getElementById("week-chart");
  if (!source || !place || !window.echarts) return;
  const data = JSON.parse(source.textContent);
  const font = getComputedStyle(document.body).fontFamily;
  await document.fonts.load(`400 14px ${font}`, WORDS).catch(() => null);
  const chart = window.echarts.init(place, null, {renderer: "canvas"});
  chart.setOption(data.days.length ? options(data, font) : {title: {text: "这一周还没有取号记录。", left: "center", top: "middle",
    textStyle: {color: SCALE.ink, fontSize: 14, fontWeight: 400, fontFamily: font}}});
  addEventListener("resize", () => chart.resize());
}

function options(data, font) {
  const axis = (name) => ({type: "value", name, nameTextStyle: {color: SCALE.ink}, axisLabel: {color: SCALE.ink}});
  return {
    animation: false,
    textStyle: {fontFamily: font, color: SCALE.ink},
    grid: {left: 48, right: 48, top: 56, bottom: 28},
    legend: {top: 0, left: "center", textStyle: {color: SCALE.ink, fontSize: 13}, data: ["取号", "平均等候"]},
    tooltip: {trigger: "axis", renderMode: "richText"},
    xAxis: {type: "category", data: data.days, axisTick: {show: false}, axisLabel: {color: SCALE.ink}},
    yAxis: [{...axis("个"), splitLine: {lineStyle: {color: SCALE.line}}},
      {...axis("分钟"), splitLine: {show: false}, max: (most) => Math.ceil(Math.max(most.max, data.limit) * 1.15)}],
    series: [
      {name: "取号", type: "bar", data: data.issued, barMaxWidth: 46, itemStyle: {color: SCALE.bar, borderRadius: [4, 4, 0, 0]}},
      {name: "平均等候", type: "line", yAxisIndex: 1, color: SCALE.wait, lineStyle: {width: 2.5}, symbolSize: 8,
        data: data.waits.map((value) => (value === null ? null : Number(value.toFixed(1)))),
        markLine: {symbol: "none", silent: true, lineStyle: {color: SCALE.limit, type: "dashed"},
          label: {formatter: `达标线 ${data.limit} 分钟`, color: SCALE.limit, position: "insideStartTop"}, data: [{yAxis: data.limit}]}},
    ],
  };
}

watch(document.getElementById("report"), "签字后内容与数据锁定,再改只能更正并保留原版。确定签字吗?", "确定签字");
draw();
