// The redemption desk: the sum as the order changes, and printing the slip.

const sum = document.getElementById("order-sum");
const form = sum?.closest("form");

function total() {
  const chosen = form.querySelector("input[name=gift]:checked");
  const pieces = Number(form.querySelector("input[name=quantity]").value);
  if (!chosen || !Number.isInteger(pieces) || pieces < 1) {
    sum.textContent = "—";
    return;
  }
  const points = Number(chosen.dataset.price) * pieces;
  const isTooMuch = points > Number(sum.dataset.most);
  sum.textContent = points.toLocaleString("en-US");
  sum.classList.toggle("is-too-much", isTooMuch);
}

if (form) {
  form.addEventListener("input", total);
  total();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
