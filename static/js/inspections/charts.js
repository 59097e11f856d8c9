// Radar of a visit's groups against its class, and the trend of a hall. The tables beside them say the same in figures.

const css = getComputedStyle(document.documentElement);
const colour = (name) => css.getPropertyValue(name).trim();
const text = {color: colour("--ink-2"), fontFamily: css.getPropertyValue("font-family"), fontSize: 12};

function chart(box, options) {
  const drawn = window.echarts.init(box, null, {renderer: "canvas"});
  const all = {textStyle: text, animation: false, tooltip: {renderMode: "richText", confine: true}, ...options};
  drawn.setOption(all);
  document.fonts?.ready.then(() => drawn.setOption(all, {notMerge: true}));
  new ResizeObserver(() => drawn.resize()).observe(box);
}

const read = (id) => JSON.parse(document.getElementById(id).textContent);

// A long name would be cut at the edge.
const inTwoLines = (name) => (name.length > 6 ? `${name.slice(0, Math.ceil(name.length / 2))}\n${name.slice(Math.ceil(name.length / 2))}` : name);

function radar(box) {
  const data = read(box.dataset.radar);
  const series = [{name: "本次", value: data.own, itemStyle: {color: colour("--brand")}, areaStyle: {opacity: 0.18}}];
  if (data.others.length) series.push({name: "同类平均", value: data.others, itemStyle: {color: "#B26A00"}, lineStyle: {type: "dashed"}});
  chart(box, {
    legend: {bottom: 0, textStyle: text, data: series.map((one) => one.name)},
    radar: {radius: "60%", center: ["50%", "48%"], indicator: data.names.map((name) => ({name, max: 100})), axisName: {...text, fontSize: 11, formatter: inTwoLines},
      splitArea: {show: false}},
    series: [{type: "radar", data: series, symbolSize: 4}],
  });
}

function trend(box) {
  const data = read(box.dataset.trend);
  const lowest = Math.max(0, Math.floor(Math.min(...data.scores, 90) / 10) * 10 - 10);
  chart(box, {
    title: {text: "最近得分", left: 12, top: 6, textStyle: {...text, fontSize: 14, fontWeight: 600}},
    grid: {left: 12, right: 20, top: 44, bottom: 8, containLabel: true},
    tooltip: {trigger: "axis", renderMode: "richText", confine: true},
    xAxis: {type: "category", data: data.days, axisTick: {show: false}, axisLabel: text, axisLine: {lineStyle: {color: colour("--line")}}},
    yAxis: {type: "value", min: lowest, max: 100, axisLabel: text, splitLine: {lineStyle: {color: colour("--line")}}},
    series: [{type: "line", data: data.scores.map((value, at) => (at === data.here ? {value, symbolSize: 14} : value)), symbolSize: 7, color: colour("--brand"),
      label: {show: true, ...text}, lineStyle: {width: 2}}],
  });
}

if (window.echarts) {
  document.querySelectorAll("[data-radar]").forEach(radar);
  document.querySelectorAll("[data-trend]").forEach(trend);
}
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
