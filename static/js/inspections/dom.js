// Elements without innerHTML: what people typed is always text.

export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, given] of Object.entries(attributes)) {
    if (given === null || given === undefined || given === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), given);
    else if (key in element && key !== "list" && key !== "form") element[key] = given;
    else element.setAttribute(key, given === true ? "" : given);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// A drawing between press and release would lose the tap: what was pressed would be gone.
let pressed = Promise.resolve();
addEventListener("pointerdown", () => {
  pressed = new Promise((over) => {
    setTimeout(over, 1000);  // released somewhere else
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(over), {once: true});
  });
}, true);

export const released = () => pressed;

export function show(place, ...children) {
  place.replaceChildren(...children.flat().filter(Boolean));
}

export function sheet(title, ...children) {
  const dialog = h("dialog.sheet", {"aria-label": title, onclose: () => dialog.remove()},
    h("header", {}, h("h2", {}, title), h("button.close", {type: "button", "aria-label": "关闭",
      onclick: () => dialog.close()}, "×")), ...children);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

export const day = (text) => `${Number(text.slice(5, 7))} 月 ${Number(text.slice(8, 10))} 日`;
