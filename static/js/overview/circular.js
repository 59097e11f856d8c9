// A monthly circular: its texts, how many photos are chosen, and a question before it goes to the halls.

import {watch} from "./texts.js";

const form = document.getElementById("report");
watch(form, "印发后各厅立即收到,内容与数据锁定,再改只能更正并保留原版。确定印发吗?", "确定印发");

const count = document.getElementById("photo-count");
form?.addEventListener("change", () => {
  if (count) count.textContent = form.querySelectorAll("input[name=photo]:checked").length;
});
