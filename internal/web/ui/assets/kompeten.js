"use strict";
// Conveniences only: every page works without this file.

// A second click sends nothing twice.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (form.method !== "post") return;
  if (form.classList.contains("busy")) { e.preventDefault(); return; }
  form.classList.add("busy");
  setTimeout(() => form.classList.remove("busy"), 8000);
});
addEventListener("pageshow", () => document.querySelectorAll(".busy").forEach((f) => f.classList.remove("busy")));

// A file dropped on a form goes into its file field.
const fileField = (e) => e.target.closest?.("form[enctype]")?.querySelector("input[type=file]");
document.addEventListener("dragover", (e) => {
  const input = fileField(e);
  if (input) { e.preventDefault(); input.classList.add("over"); }
});
document.addEventListener("dragleave", (e) => fileField(e)?.classList.remove("over"));
document.addEventListener("drop", (e) => {
  const input = fileField(e);
  if (!input || !e.dataTransfer.files.length) return;
  e.preventDefault();
  input.classList.remove("over");
  input.files = e.dataTransfer.files;
});

// An answer that calls for a reason opens the room for it.
document.addEventListener("change", (e) => {
  const note = e.target.closest(".thumb:is(.no, .fails, .missing, .BK)")?.closest(".judge").querySelector("details.note");
  if (note) note.open = true;
});

// An open menu closes when one clicks elsewhere or presses Escape.
const closeMenus = (keep) => document.querySelectorAll("details.account[open]").forEach((d) => { if (!d.contains(keep)) d.open = false; });
document.addEventListener("click", (e) => closeMenus(e.target));
document.addEventListener("keydown", (e) => {
  const menu = e.key === "Escape" && document.querySelector("details.account[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// What is made ready on each page: strips of links, a box that chooses every row, a button that copies a code.
const prepare = (root) => {
  root.querySelectorAll(".main-nav [aria-current], .tabs [aria-current]").forEach((a) => {
    const strip = a.closest("nav"); // the current one is in sight
    strip.scrollLeft = a.offsetLeft - strip.offsetLeft - (strip.clientWidth - a.offsetWidth) / 2;
  });
  root.querySelectorAll("form.choosing thead .pick").forEach((th) => {
    if (th.querySelector("input")) return;
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", th.textContent.trim());
    all.addEventListener("change", () => th.closest("form").querySelectorAll("tbody .pick input").forEach((i) => { i.checked = all.checked; }));
    th.replaceChildren(all);
  });
  root.querySelectorAll(".plate[data-copy]").forEach((plate) => {
    if (!navigator.clipboard || plate.querySelector("button")) return;
    const b = document.createElement("button");
    b.type = "button";
    b.className = "button";
    b.textContent = plate.dataset.copy;
    b.addEventListener("click", async () => {
      await navigator.clipboard.writeText(plate.querySelector("code").textContent);
      b.textContent = plate.dataset.copied;
      setTimeout(() => { b.textContent = plate.dataset.copy; }, 2500);
    });
    plate.append(b);
  });
};
prepare(document);
document.addEventListener("htmx:load", (e) => prepare(e.target));

// A wrong form puts the reader where the mistake is named.
document.querySelector("form .notice[role=alert]")?.scrollIntoView({ block: "center" });
