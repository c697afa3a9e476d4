// The claim desk: turn, rotate and enlarge documents from the keyboard, and press what a <kbd> announces.
// Without it the documents are plain links and the buttons plain buttons.
"use strict";

for (const view of document.querySelectorAll("[data-documents]")) {
  const image = view.querySelector("[data-image]");
  const links = [...view.querySelectorAll("[data-document]")];
  if (!image || !links.length) continue;
  let at = 0;
  let turns = 0;
  let zoom = 1;

  const show = (index) => {
    at = (index + links.length) % links.length;
    links.forEach((link, i) => (i === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    image.src = links[at].href;
    image.alt = links[at].textContent;
    turns = 0;
    zoom = 1;
    place();
  };
  // Properties set from a script are allowed where style attributes in the page are not.
  const place = () => {
    image.style.transform = `rotate(${turns * 90}deg) scale(${zoom})`;
  };
  const keys = {
    ArrowLeft: () => show(at - 1),
    ArrowRight: () => show(at + 1),
    r: () => ((turns += 1), place()),
    "+": () => ((zoom = Math.min(4, zoom * 1.25)), place()),
    "=": () => ((zoom = Math.min(4, zoom * 1.25)), place()),
    "-": () => ((zoom = Math.max(0.5, zoom / 1.25)), place()),
  };

  links.forEach((link, index) =>
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(index);
    }),
  );
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

// A button that shows <kbd>A</kbd> takes the focus on A; Enter then presses it. Focus rather than press,
// because one slipped key must not pay a claim.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  for (const key of document.querySelectorAll(".button kbd")) {
    if (key.textContent.trim().toLowerCase() === event.key.toLowerCase()) key.closest(".button").focus();
  }
});
