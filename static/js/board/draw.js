// Small tools for drawing: the page's skeleton stays, only texts and rows change.

/** `make("b", "badge", "3")` */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Draw a list again only when what it shows has changed. */
export function redraw(element, value, rows) {
  const print = JSON.stringify(value);
  if (element.print === print) return;
  element.print = print;
  element.replaceChildren(...rows());
}

/** Let a CSS animation run from its beginning. */
export function replay(element, className) {
  element.classList.remove(className);
  void element.offsetWidth;
  element.classList.add(className);
}
