// The page on which anyone checks a certificate, with or without a network.
import { readQR } from "./qr.js";
import { checkJSON, checkQR, inPDF, inPNG } from "./check.js";

const root = document.documentElement, lang = root.lang === "en" ? "en" : "id";
const $ = (id) => document.getElementById(id);
const out = $("verify-result");
let words = {}, held = { host: location.host }, camera = null;

const el = (name, props, ...children) => {
  const e = Object.assign(document.createElement(name), props);
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
};
const t = (key, ...args) => (words[key] ?? key).replace(/\{(\d)\}/g, (_, i) => args[i] ?? "");
const p = (key, ...args) => t("verify.page." + key, ...args);
const day = (d) => new Date(d).toLocaleDateString(lang, { dateStyle: "long", ...(/^\d{4}-\d\d-\d\d$/.test(d) ? { timeZone: "UTC" } : {}) });
const moment = (d) => new Date(d).toLocaleString(lang, { dateStyle: "long", timeStyle: "short" });
const shown = (a) => (typeof a === "number" && a > 1e11 ? moment(a) : /^\d{4}-\d\d-\d\dT/.test(a) ? moment(a) : /^\d{4}-\d\d-\d\d$/.test(a) ? day(a) : a);

// What each verdict looks like: its tone, its sign, and whether what the certificate says may be shown as proven.
const verdicts = {
  valid: ["good", "✓", true], stale: ["warn", "!", true], no_status: ["warn", "!", true], clock: ["warn", "!", true], expired: ["warn", "!", true], early: ["warn", "!", true],
  suspended: ["warn", "!", true], revoked: ["bad", "✕", true], forged: ["bad", "✕", false], refused: ["bad", "✕", false], unknown: ["bad", "?", false], unchecked: ["warn", "?", false],
};
const states = { meets: ["good", "checked"], fails: ["bad", "wrong"], missing: ["warn", "not_checked"] };

const facts = (rows) => el("dl", { className: "facts" }, ...rows.filter(([, v]) => v).map(([term, v]) => el("div", {}, el("dt", { textContent: term }), el("dd", { textContent: v }))));

const plate = (tone, sign, title, text) => el("div", { className: "verdict " + tone },
  el("span", { className: "sign", textContent: sign, ariaHidden: "true" }), el("div", {}, el("h2", { className: "word", textContent: title }), el("p", { textContent: text })));

const units = (list) => list?.length ? el("details", { className: "more" }, el("summary", { textContent: t("verify.units", list.length) }),
  el("div", { className: "more-body" }, el("dl", { className: "facts" }, ...list.map((u) => (Array.isArray(u) ? el("div", {}, el("dt", { textContent: u[0] }), el("dd", { textContent: u[1] })) : el("div", {}, el("dt", { textContent: u }))))))) : null;

// render is one judgement as a person reads it: the word, the facts, and line by line what was checked.
const render = (r) => {
  const [tone, sign, proven] = verdicts[r.verdict], f = r.facts;
  const lines = r.checks.map(({ state, key, args }) => {
    const [line, word] = states[state], whole = key.startsWith("qr.") ? t(key, ...args) : p("check." + key, ...args.map(shown));
    return el("li", { className: line }, el("span", { className: "state", textContent: p(word) }), el("span", { className: "what", textContent: whole }));
  });
  return el("article", { className: "section" },
    plate(tone, sign, p("verdict." + r.verdict), p("says." + r.verdict)),
    r.sample ? el("p", { className: "chips" }, el("span", { className: "chip warn", textContent: p("sample") })) : null,
    f ? el("section", { className: "card" }, el("h2", { textContent: p(proven ? "proven" : "claims") }), facts([
      [p("holder"), f.holder], [t("verify.competent"), f.title], [t("verify.number"), f.number], [t("verify.issuer"), f.lsp + " · " + f.licence],
      [t("verify.issued_on"), day(f.from)], [t("verify.valid_until"), f.until.startsWith("9999") ? "" : day(f.until)], [t("scheme.level"), f.level ? "KKNI " + f.level : ""]])) : null,
    el("section", { className: "checklist" }, el("h2", { textContent: p("what_was_checked") }), el("ul", {}, ...lines)),
    f ? units(f.units) : null);
};

const show = (...parts) => {
  const beside = !$("verify-file"), good = parts.every((x) => x.querySelector(".verdict.good")); // beside the server's answer
  if (beside && !good) out.parentElement.prepend(out); // a warning comes before anything that says all is well
  out.replaceChildren(...(beside ? [el("h2", { textContent: p("own_check") })] : []), ...parts);
  out.setAttribute("aria-busy", "false");
  if (beside) return;
  out.focus({ preventScroll: true });
  out.scrollIntoView({ block: "start" });
};
const tell = (verdict, text) => show(el("article", { className: "section" }, plate(...verdicts[verdict].slice(0, 2), p("verdict." + verdict), text)));
const busy = () => { out.setAttribute("aria-busy", "true"); out.replaceChildren(el("p", { className: "para", textContent: p("working") })); };

// --- what this device holds

const load = async (path) => {
  try {
    const r = await fetch(path);
    return r.ok ? await r.json() : null;
  } catch { return null; }
};
const pins = async () => {
  [held.keys, held.status] = await Promise.all([load("/verify/keys.json"), load("/verify/status.json")]);
  const box = $("verify-held");
  if (!box) return;
  const age = (x) => (x ? moment(x.made) : p("none"));
  box.replaceChildren(...el("div", {}, el("h2", { textContent: p("held") }), facts([[p("held_keys"), held.keys ? p("keys_of", held.keys.keys.length, age(held.keys)) : p("none")], [p("held_status"), age(held.status)], [p("held_clock"), moment(Date.now())]]),
    held.keys && Date.now() < Date.parse(held.keys.made) - 6e5 ? el("div", { className: "notice warn" }, el("p", { textContent: p("check.clock", moment(Date.now()), moment(held.keys.made)) })) : null,
    el("p", { className: "para quiet", textContent: p(navigator.serviceWorker?.controller ? "offline_ready" : "offline_soon") })).childNodes);
};

// --- ways in

const online = async (q) => {
  try {
    const r = await fetch("/check?q=" + encodeURIComponent(q), { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!(r.headers.get("Content-Type") ?? "").includes("json")) throw new TypeError("not an answer");
    const a = await r.json();
    if (!r.ok) return tell("refused", lang === "en" ? a.title : a.detail);
    const [tone, sign] = verdicts[a.status] ?? verdicts.unchecked;
    show(el("article", { className: "section" }, plate(tone, sign, lang === "en" ? a.status_en : a.status_id, p("server_says")),
      el("section", { className: "card" }, facts([[t("verify.holder"), a.name], [t("verify.competent"), lang === "en" ? a.scheme_en : a.scheme_id], [t("verify.number"), a.number], [t("verify.issuer"), a.lsp + " · " + a.lsp_licence],
        [t("verify.issued_on"), day(a.issued_on)], [t("verify.valid_until"), day(a.valid_until)], [t("scheme.level"), a.level ? "KKNI " + a.level : ""]])),
      units((a.units ?? []).map((u) => [u.code, lang === "en" ? u.title_en : u.title_id]))));
  } catch { tell("unchecked", p("number_needs_network")); }
};

const text = async (s) => {
  s = s.trim();
  busy();
  if (s.startsWith("{")) return show(render(await checkJSON(s, held, Date.now())));
  if (/^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(s)) return tell("unchecked", p("check.unable.jwt"));
  if (s.includes("#") || /^[a-z2-7]{120,}$/i.test(s)) return show(render(await checkQR(s, held, Date.now())));
  return online(s);
};

const picture = async (blob) => {
  let bitmap;
  try { bitmap = await createImageBitmap(blob); } catch { return tell("refused", p("no_picture")); }
  const scale = Math.min(1, 4200 / Math.max(bitmap.width, bitmap.height));
  const c = el("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) }), ctx = c.getContext("2d", { willReadFrequently: true });
  ctx.drawImage(bitmap, 0, 0, c.width, c.height);
  const s = readQR(ctx.getImageData(0, 0, c.width, c.height));
  return s ? text(s) : tell("refused", p("no_qr"));
};

const file = async (f) => {
  if (f.size > 30 << 20) return tell("refused", p("check.bad.too_large"));
  busy();
  const bytes = new Uint8Array(await f.arrayBuffer()), start = String.fromCharCode(...bytes.subarray(0, 5));
  if (start === "%PDF-") {
    const all = await inPDF(bytes), judged = [];
    if (all.length === 0) return tell("unchecked", p("pdf_without"));
    for (const one of all) {
      const r = await checkJSON(one, held, Date.now());
      r.checks.push({ state: "missing", key: "pdf_itself", args: [] });
      judged.push(render(r));
    }
    return show(...judged);
  }
  const baked = start === "\x89PNG\r" ? inPNG(bytes) : null;
  if (baked) return text(baked);
  if (/^\s*[{]/.test(new TextDecoder().decode(bytes.subarray(0, 100)))) return text(new TextDecoder().decode(bytes));
  return picture(f);
};

// --- the camera

const stop = () => {
  camera?.stream.getTracks().forEach((track) => track.stop());
  camera = null;
  $("verify-view")?.remove();
  const b = $("verify-camera-button");
  if (b) b.textContent = p("camera");
};

const start = async (button) => {
  if (camera) return stop();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } }, audio: false });
  } catch { return tell("unchecked", p("no_camera")); }
  const video = el("video", { id: "verify-view", muted: true, playsInline: true, srcObject: stream });
  video.setAttribute("aria-label", p("camera_view"));
  button.after(video);
  button.textContent = p("camera_stop");
  camera = { stream };
  const mine = camera;
  await video.play();
  let detector = null;
  try { if ((await globalThis.BarcodeDetector?.getSupportedFormats())?.includes("qr_code")) detector = new BarcodeDetector({ formats: ["qr_code"] }); } catch { detector = null; }
  const c = el("canvas"), ctx = c.getContext("2d", { willReadFrequently: true });
  const look = async () => {
    if (camera !== mine) return;
    let s = null;
    if (detector) {
      try { s = (await detector.detect(video))[0]?.rawValue; } catch { detector = null; }
    }
    if (!s && video.videoWidth) {
      const scale = Math.min(1, 1600 / Math.max(video.videoWidth, video.videoHeight));
      c.width = Math.round(video.videoWidth * scale);
      c.height = Math.round(video.videoHeight * scale);
      ctx.drawImage(video, 0, 0, c.width, c.height);
      s = readQR(ctx.getImageData(0, 0, c.width, c.height), true);
    }
    if (!s) return setTimeout(look, 120);
    stop();
    text(s);
  };
  look();
};

// --- the page

const dress = () => {
  const zone = $("verify-file");
  if (!zone) return;
  document.querySelector("form[action='/check']").addEventListener("submit", (e) => {
    e.preventDefault();
    const q = $("f-q").value;
    if (q.trim()) text(q);
  });
  const input = el("input", { type: "file", id: "verify-input", accept: ".pdf,.json,.jsonld,.png,.jpg,.jpeg,.webp,image/*,application/pdf,application/json" });
  const label = el("label", { className: "drop", htmlFor: "verify-input" }, el("strong", { textContent: p("choose") }), el("span", { textContent: p("choose_help") }), input);
  zone.append(label);
  input.addEventListener("change", () => { if (input.files[0]) file(input.files[0]); input.value = ""; });
  addEventListener("dragover", (e) => { e.preventDefault(); label.classList.add("over"); });
  addEventListener("dragleave", () => label.classList.remove("over"));
  addEventListener("drop", (e) => {
    e.preventDefault();
    label.classList.remove("over");
    const f = e.dataTransfer.files[0], s = e.dataTransfer.getData("text");
    if (f) file(f); else if (s) text(s);
  });
  addEventListener("paste", (e) => {
    const f = e.clipboardData.files[0];
    if (f) { e.preventDefault(); file(f); }
  });
  if (navigator.mediaDevices?.getUserMedia) {
    const b = el("button", { type: "button", className: "button main", id: "verify-camera-button", textContent: p("camera") });
    b.addEventListener("click", () => start(b));
    $("verify-camera").append(b);
    document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  } else $("verify-camera").append(el("p", { className: "para quiet", textContent: p("no_camera") }));
};

const fragment = () => { if (/^\/v\//i.test(location.pathname) && location.hash.length > 60) return text(location.href); };

const main = async () => {
  words = (await load(`/verify/words/${lang}.json`)) ?? {};
  out.tabIndex = -1;
  out.setAttribute("aria-live", "polite");
  dress();
  await pins();
  await fragment();
  addEventListener("hashchange", fragment);
  root.dataset.verifier = "ready";
  const sw = navigator.serviceWorker;
  if (!sw) return;
  sw.addEventListener("controllerchange", pins);
  for (const scope of ["/verify", "/v/", "/V/"]) await sw.register("/verify/worker.js", { scope }).catch(() => null);
  await sw.ready.catch(() => null);
  root.dataset.verifier = "offline";
};
main();
