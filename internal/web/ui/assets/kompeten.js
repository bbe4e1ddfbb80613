"use strict";
// Conveniences only: every page works without this file.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { e.preventDefault(); return; } // a second click sends nothing twice
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
// A file dropped on a form goes into its file field.
document.addEventListener("dragover", (e) => { if (e.target.closest?.("form[enctype]")) e.preventDefault(); });
document.addEventListener("drop", (e) => {
  const input = e.target.closest?.("form[enctype]")?.querySelector("input[type=file]");
  if (!input || !e.dataTransfer.files.length) return;
  e.preventDefault();
  input.files = e.dataTransfer.files;
});
// The account menu closes when one clicks elsewhere.
document.addEventListener("click", (e) => {
  document.querySelectorAll("details.account[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
});
