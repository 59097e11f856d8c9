// Sentences for what went right or wrong, at the edge of every staff page. No listeners here: a module may be loaded
// under two names (with and without the hash of its content), and then everything it listens for happens twice.

export function sentence(answer) {
  try {
    const said = JSON.parse(answer.responseText).message;
    if (said) return said;
  } catch {
    // not JSON: the status has to do
  }
  if (answer.status === 403) return "没有这项操作的权限。如工作需要,请联系店长开通。";
  if (answer.status === 404) return "这条记录已不在,请刷新页面。";
  if (answer.status === 503) return "系统正在恢复,请几秒后重试。";
  return "系统没有完成这次操作,数据未变动。请稍后重试。";
}

export function say(text, kind = "success") {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = document.createElement("div");
    place.className = "toasts";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const note = document.createElement("div");
  note.className = `note ${kind}`;
  note.textContent = text;
  place.append(note);
  setTimeout(() => note.remove(), kind === "error" ? 8000 : 4000);
}
