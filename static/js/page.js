// Small comforts only: every page works without this file.
"use strict";

// After a refusal, screen readers and keyboards start at what must be mended (browsers that know
// `autofocus` on any element have done it already).
const summary = document.getElementById("error-summary");
if (summary && document.activeElement !== summary) summary.focus();

// A second touch on the same button sends nothing again; the server would refuse it anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  form.dataset.sent = "yes";
  // A download leaves the page standing, and a lost network must not lock it.
  setTimeout(() => delete form.dataset.sent, 8000);
});

// Coming back with the browser's back button, the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
