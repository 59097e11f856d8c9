// Signing out: <form data-leave>. What a tablet's inspection has not sent yet stays behind, so it is said first.

import {ask} from "./ask.js";
import {unsent} from "./inspections/unsent.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-leave]") || form.dataset.answered) return;
  event.preventDefault();
  mayLeave().then((yes) => {
    if (!yes) return;
    form.dataset.answered = "1";
    form.requestSubmit();
  });
}, true);

async function mayLeave() {
  const left = await unsent().catch(() => ({count: 0}));
  return !left.count || ask(`本机有${left.name}的 ${left.count} 项检查内容还没有上传。退出不会删除,但要等本人再次登录并打开「现场检查」后才会上传。`,
    "仍然退出", "先不退出");
}
