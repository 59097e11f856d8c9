// Bars by month, stacked; the table below says the same in figures.

const place = document.querySelector("[data-chart]");
if (place && window.echarts) draw(place);

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const text = {color: colour("--ink-2"), fontFamily: css.getPropertyValue("font-family"), fontSize: 12};
  const chart = window.echarts.init(box, null, {renderer: "canvas"});
  chart.setOption({
    textStyle: text,
    animation: false,
    color: [colour("--brand"), "#5FA51C", "#B26A00", colour("--red")],
    grid: {left: 12, right: 12, top: 44, bottom: 8, containLabel: true},
    legend: {top: 6, textStyle: text},
    tooltip: {trigger: "axis", renderMode: "richText", confine: true},
    xAxis: {type: "category", data: data.names, axisTick: {show: false}, axisLine: {lineStyle: {color: colour("--line")}}, axisLabel: text},
    yAxis: {
      type: "value",
      axisLabel: {...text, formatter: (value) => (Math.abs(value) >= 10000 ? `${value / 10000} 万` : value)},
      splitLine: {lineStyle: {color: colour("--line")}},
    },
    series: data.series.map((one) => ({...one, type: "bar", stack: "points", barMaxWidth: 28})),
  });
  new ResizeObserver(() => chart.resize()).observe(box);
}
