// The last screen: what the score is made of, two signatures (or why one is missing), and handing in.

import {h} from "./dom.js";
import {value} from "./scoring.js";
import {now} from "./store.js";

const OVER = ["uploading", "submitted", "appealing", "final", "cancelled"];

const isOwn = (visit) => ["patrol", "self_check"].includes(visit.kind);  // nobody else signs

export function isHandedIn({visit, sheet}) {
  return OVER.includes(visit.state) || Boolean(value(sheet, "submit"));
}

export function drawEnd(context) {
  const {card, result, sheet, locked, counts, visit} = context;
  const missing = reasons(context);
  const refused = counts?.refused || [];
  return [
    h(".gh", {}, h("h2", {}, "签字与提交"), card.total_points > 0 && h("b.num", {}, `${result.total} / ${card.total_points} 分`)),
    h(".card", {}, h("h3", {}, "得分怎么来的"), result.groups.filter((group) => group.lines.length).map((group) =>
      h("p.num", {}, `${group.name}:${[group.max, ...group.lines.map((line) => line.points)].join(" − ")} = ${group.left} 分`,
        group.deducted > group.max && "(扣完为止)")),
    result.groups.every((group) => !group.lines.length) && h("p", {}, "没有扣分。"),
    result.unseen.length > 0 && h("p", {}, `未查到 ${result.unseen.length} 项,不算合格,会在结果里注明。`)),
    h(".signatures", {}, signature("auditor", "检查人签字", context), !isOwn(visit) && signature("hall", "营业厅签字", context)),
    h("label.card", {}, h("h3", {}, "总体意见"), h("textarea", {value: value(sheet, "remark") || "", maxLength: 500, disabled: locked,
      "data-keep": "remark", onchange: ({target}) => context.write("remark", target.value)})),
    refused.length > 0 && h(".card.warn", {}, h("h3", {}, `${refused.length} 项没有记入`), refused.slice(0, 8).map((one) =>
      h("p", {}, one.message))),
    locked ? h(".card", {id: "handed-in"}, h("h3", {}, {uploading: "已提交,照片上传中", submitted: "已提交", final: "已定分",
      cancelled: "这次检查已取消", appealing: "申诉中"}[visit.state] || "已提交,联网后自动上传"),
    h("p", {}, "内容已锁定。如有异议,由营业厅在期限内提出申诉。"))
      : [missing.length > 0 && h("p.hint", {id: "missing"}, `提交前还差:${missing.join("、")}`),
        h("button.primary.big", {type: "button", id: "submit", disabled: missing.length > 0,
          onclick: () => context.write("submit", {before: "count", at: now()})}, "提交检查")],
  ].flat();
}

function reasons({card, sheet, result, visit}) {
  const found = [];
  if (!value(sheet, "start")) found.push("开始检查");
  if (card.groups.some((group) => group.code === "B2.2") && !value(sheet, "peak")) found.push("选择高峰或非高峰");
  if (result.unanswered.length && !result.vetoed) found.push(`${result.unanswered.length} 项未评`);
  if (!value(sheet, "signature:auditor")) found.push("检查人签字");
  if (!isOwn(visit) && !value(sheet, "signature:hall")) found.push("营业厅签字或拒签原因");
  return found;
}

function signature(who, title, {sheet, locked, write, visit}) {
  const given = value(sheet, `signature:${who}`);
  if (given) {
    return h(".card", {"data-signed": who}, h("h3", {}, title), given.refused ? h("p", {}, `未签:${given.refused}`) : drawn(given.strokes),
      !locked && h("button", {type: "button", onclick: () => write(`signature:${who}`, null)}, "重签"));
  }
  if (locked) return null;
  const {canvas, strokes} = padOf(`${visit.id}:${who}`, title);
  const keep = () => {
    if (!strokes.length) return;
    pads.delete(`${visit.id}:${who}`);
    write(`signature:${who}`, {name: "", strokes, at: now()});
  };
  return h(".card", {"data-sign": who}, h("h3", {}, title), canvas, h(".row", {},
    h("button.primary", {type: "button", onclick: keep}, "签好了"),
    who === "hall" && (visit.kind === "mystery"
      ? h("button", {type: "button", onclick: () => write("signature:hall", {refused: "暗访,不在现场签字"})}, "暗访,不签字")
      : h("button", {type: "button", onclick: () => write("signature:hall", {refused: "营业厅拒签"})}, "营业厅拒签"))));
}

// The screen is drawn anew whenever something was told; half a signature outlives that.
const pads = new Map();

function padOf(key, title) {
  if (!pads.has(key)) {
    const strokes = [], canvas = h("canvas.pad", {width: 420, height: 140, "aria-label": title});
    draws(canvas, strokes);
    pads.set(key, {canvas, strokes});
  }
  return pads.get(key);
}

function draws(canvas, strokes) {
  const pen = canvas.getContext("2d");
  pen.lineWidth = 2.5;
  pen.lineCap = "round";
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [Math.round((event.clientX - box.left) * canvas.width / box.width),
      Math.round((event.clientY - box.top) * canvas.height / box.height)];
  };
  let stroke = null;
  canvas.addEventListener("pointerdown", (event) => {
    stroke = at(event);
    strokes.push(stroke);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) stroke = null;
    if (!stroke) return;
    const [x, y] = at(event), [fromX, fromY] = stroke.slice(-2);
    if (Math.hypot(x - fromX, y - fromY) < 3) return;
    stroke.push(x, y);
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(x, y);
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    stroke = null;
  });
}

function drawn(strokes) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 420 140");
  picture.setAttribute("class", "signed");
  for (const stroke of strokes) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", stroke.join(" "));
    picture.append(line);
  }
  return picture;
}
