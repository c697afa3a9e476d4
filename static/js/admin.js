// What the admin's own templates leave out for keyboards and screen readers.
"use strict";

const sideBar = document.documentElement.lang.startsWith("zh") ? "侧栏" : "Side bar";

// Every scrolling area gets the same name; the one of the side bar needs its own.
window.addEventListener("load", () => {
  for (const area of document.querySelectorAll("#nav-sidebar-apps [role=region]")) area.setAttribute("aria-label", sideBar);
});

document.addEventListener("DOMContentLoaded", () => {
  const main = document.getElementById("main");
  if (main && !document.querySelector("main")) main.setAttribute("role", "main");

  // The switches of the side bar are plain spans.
  for (const icon of document.querySelectorAll("span.material-symbols-outlined[x-on\\:click]")) {
    icon.setAttribute("role", "button");
    icon.setAttribute("tabindex", "0");
    icon.setAttribute("aria-label", sideBar);
    icon.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      icon.click();
    });
  }
});
