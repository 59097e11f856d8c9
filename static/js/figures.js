// The chart above the table of figures: numbers as bars, waits as lines. The table says the same in figures.

const place = document.querySelector("[data-chart]");
if (place && window.echarts) draw(place);

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const text = {color: colour("--ink-2"), fontFamily: css.getPropertyValue("font-family"), fontSize: 12};
  const chart = window.echarts.init(box, null, {renderer: "canvas"});
  const turned = data.names.some((name) => name.length > 6) && data.names.length > 6;
  chart.setOption({
    textStyle: text,
    animation: false,
    color: [colour("--brand"), "#B9D9EE", colour("--red"), "#B26A00"],
    grid: {left: 12, right: 12, top: 44, bottom: 8, containLabel: true},
    legend: {top: 6, textStyle: text},
    tooltip: {trigger: "axis", renderMode: "richText", confine: true},
    xAxis: {
      type: "category",
      data: data.names,
      axisTick: {show: false},
      axisLine: {lineStyle: {color: colour("--line")}},
      axisLabel: {...text, rotate: turned ? 32 : 0, hideOverlap: !turned, interval: turned ? 0 : "auto"},
    },
    yAxis: [
      {type: "value", name: "人", minInterval: 1, nameTextStyle: text, splitLine: {lineStyle: {color: colour("--line")}}},
      {type: "value", name: "分钟", nameTextStyle: text, splitLine: {show: false}},
    ],
    series: [
      {name: "取号", type: "bar", data: data.issued, barMaxWidth: 22, itemStyle: {borderRadius: [4, 4, 0, 0]}},
      {name: "办结", type: "bar", data: data.served, barMaxWidth: 22, itemStyle: {borderRadius: [4, 4, 0, 0]}},
      {name: "平均等候", type: "line", yAxisIndex: 1, data: data.mean, symbolSize: 6, lineStyle: {width: 2}},
      {name: "九成等候", type: "line", yAxisIndex: 1, data: data.p90, symbol: "diamond", symbolSize: 7,
        lineStyle: {width: 2, type: "dashed"}},
    ],
  });
  new ResizeObserver(() => chart.resize()).observe(box);
}
