// A run that ends while it is watched: the page once more, so that its heading and links fit.

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "run" && !event.target.hasAttribute("hx-get")) location.reload();
});
