// The chart above the table: logged and late as bars, on time as a line. The table says the same in figures.

const box = document.querySelector("[data-chart]");
if (box && window.echarts) draw(box);

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const text = {color: colour("--ink-2"), fontFamily: css.getPropertyValue("font-family"), fontSize: 12};
  const chart = window.echarts.init(place, null, {renderer: "canvas"});
  chart.setOption({
    textStyle: text,
    animation: false,
    color: [colour("--brand"), colour("--red"), "#B26A00"],
    grid: {left: 12, right: 12, top: 44, bottom: 8, containLabel: true},
    legend: {top: 6, textStyle: text},
    tooltip: {trigger: "axis", renderMode: "richText", confine: true},
    xAxis: {type: "category", data: data.names, axisTick: {show: false}, axisLine: {lineStyle: {color: colour("--line")}}, axisLabel: {...text, hideOverlap: true}},
    yAxis: [
      {type: "value", name: "件", minInterval: 1, nameTextStyle: text, splitLine: {lineStyle: {color: colour("--line")}}},
      {type: "value", name: "%", max: 100, nameTextStyle: text, splitLine: {show: false}},
    ],
    series: [
      {name: "登记", type: "bar", data: data.logged, barMaxWidth: 22, itemStyle: {borderRadius: [4, 4, 0, 0]}},
      {name: "超时", type: "bar", data: data.late, barMaxWidth: 22, itemStyle: {borderRadius: [4, 4, 0, 0]}},
      {name: "处理及时率", type: "line", yAxisIndex: 1, data: data.on_time, symbolSize: 6, lineStyle: {width: 2}},
    ],
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}
