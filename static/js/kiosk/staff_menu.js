// For the staff: hold the hall's name for two seconds. Paper out, paper refilled, a trial slip.

const HOLD_MS = 2000;
const $ = (id) => document.getElementById(id);

function holdOpens(corner, dialog) {
  let timer = 0;
  const release = () => clearTimeout(timer);
  corner.addEventListener("pointerdown", () => {
    release();
    timer = setTimeout(() => dialog.showModal(), HOLD_MS);
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) corner.addEventListener(kind, release);
}

export function staffMenu({ paperOut, onPaper, onTrial }) {
  const dialog = $("staff");
  const show = (isOut) => {
    $("staff-state").textContent = isOut ? "现在:缺纸,不打印" : "现在:打印正常";
    $("paper-out").hidden = isOut;
    $("paper-in").hidden = !isOut;
  };
  const paper = (isOut) => {
    show(isOut);
    onPaper(isOut);
    dialog.close();
  };
  show(paperOut);
  holdOpens($("corner"), dialog);
  $("paper-out").addEventListener("click", () => paper(true));
  $("paper-in").addEventListener("click", () => paper(false));
  $("trial").addEventListener("click", onTrial);
  $("reload").addEventListener("click", () => location.reload());
  $("staff-close").addEventListener("click", () => dialog.close());
  return dialog;
}
