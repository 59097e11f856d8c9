// A question with two answers; true for the one that goes on.

export function ask(question, yes, no) {
  const box = document.createElement("dialog");
  box.className = "ask";
  const text = document.createElement("p");
  text.textContent = question;
  const row = document.createElement("div");
  row.className = "row-end";
  const stay = button(no, "btn");
  const go = button(yes, "btn btn-danger");
  row.append(stay, go);
  box.append(text, row);
  document.body.append(box);
  return new Promise((answer) => {
    stay.addEventListener("click", () => box.close());
    go.addEventListener("click", () => box.close("yes"));
    box.addEventListener("close", () => {
      answer(box.returnValue === "yes");
      box.remove();
    });
    box.showModal();
    stay.focus();
  });
}

function button(text, look) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = text;
  return made;
}
