// A photo is made small, its EXIF place and time are kept apart, faces and papers can be blacked out, then it is hashed:
// what leaves the tablet is only what was left to be seen.

import {h, sheet} from "./dom.js";
import {now} from "./store.js";

const LONGEST = 1600;
const QUALITY = 0.82;

// Where and when the camera says it was taken; a picture drawn anew has lost both.
export async function exif(file) {
  const view = new DataView(await file.slice(0, 131072).arrayBuffer());
  if (view.byteLength < 12 || view.getUint16(0) !== 0xffd8) return {};
  for (let at = 2; at + 10 < view.byteLength;) {
    const marker = view.getUint16(at), length = view.getUint16(at + 2);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return tiff(view, at + 10);
    if ((marker & 0xff00) !== 0xff00) return {};
    at += 2 + length;
  }
  return {};
}

function tiff(view, start) {
  try {
    const little = view.getUint16(start) === 0x4949;
    const u16 = (at) => view.getUint16(start + at, little), u32 = (at) => view.getUint32(start + at, little);
    const directory = (at) => {
      const tags = new Map();
      for (let n = 0; n < u16(at); n += 1) tags.set(u16(at + 2 + n * 12), at + 2 + n * 12);
      return tags;
    };
    const ratio = (at) => u32(at) / (u32(at + 4) || 1);
    const degrees = (entry) => [0, 8, 16].reduce((sum, off, n) => sum + ratio(u32(entry + 8) + off) / 60 ** n, 0);
    const main = directory(u32(4)), found = {};
    if (main.has(0x8825)) {
      const gps = directory(u32(main.get(0x8825) + 8));
      if (gps.has(2) && gps.has(4)) {
        const sign = (tag, other) => (String.fromCharCode(view.getUint8(start + gps.get(tag) + 8)) === other ? -1 : 1);
        found.place = {lat: round(degrees(gps.get(2)) * sign(1, "S")), lon: round(degrees(gps.get(4)) * sign(3, "W"))};
      }
    }
    return found;
  } catch {
    return {};
  }
}

const round = (number) => Math.round(number * 1e6) / 1e6;

export async function shrink(file) {
  const picture = await createImageBitmap(file, {imageOrientation: "from-image"});
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = h("canvas", {width: Math.round(picture.width * scale), height: Math.round(picture.height * scale)});
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

// Rectangles drawn with a finger are black for ever.
function blackOut(canvas) {
  let from = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [x, y] = at(event), context = canvas.getContext("2d");
    context.fillStyle = "#000";
    context.fillRect(Math.min(from[0], x), Math.min(from[1], y), Math.abs(x - from[0]), Math.abs(y - from[1]));
    from = null;
  });
}

export async function hash(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// From the camera to what `store.write` takes; null when it was thought better of.
export async function take(file, {item, visit}) {
  const [kept, canvas] = await Promise.all([exif(file), shrink(file)]);
  canvas.className = "blackout";
  blackOut(canvas);
  const use = await new Promise((done) => {
    const dialog = sheet("照片", h("p.hint", {}, "人脸、证件和客户资料,请用手指框住涂黑。涂黑后无法还原。"), canvas,
      h("footer", {}, h("button", {type: "button", onclick: () => dialog.close("")}, "不用这张"),
        h("button.primary", {type: "button", onclick: () => dialog.close("use")}, "使用照片")));
    dialog.addEventListener("close", () => done(dialog.returnValue === "use"));
  });
  if (!use) return null;
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  const id = crypto.randomUUID();
  const value = {item, sha256: await hash(blob), size: blob.size, taken_at: now(), width: canvas.width,
    height: canvas.height, ...kept};
  return {id, value, row: {id, visit, item, blob, size: blob.size, sent: 0, status: "waiting"}};
}
