// Keeps the verifier on the device after one visit. VERSION, FILES and PAGE stand above, written by the server.
const CACHE = "verify-" + VERSION, DATA = "verify-data", PINS = ["/verify/keys.json", "/verify/status.json"];

addEventListener("install", (e) => e.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((f) => new Request(f, { cache: "reload" })));
  const data = await caches.open(DATA);
  await Promise.allSettled(PINS.map(async (f) => {
    const r = await fetch(f, { cache: "reload" });
    if (r.ok) await data.put(f, r);
  }));
  await skipWaiting();
})()));

addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("verify-") && name !== CACHE && name !== DATA) await caches.delete(name);
  await clients.claim();
})()));

// A network that does not answer soon is none.
const soon = (request) => fetch(request, { signal: AbortSignal.timeout(6000) });

const pin = async (path) => {
  const data = await caches.open(DATA);
  try {
    const r = await soon(path);
    if (!r.ok) throw new Error(r.status);
    await data.put(path, r.clone());
    return r;
  } catch { return (await data.match(path)) ?? Response.error(); }
};

const page = async (request, own) => {
  try {
    const r = await soon(request);
    if (r.status > 499) throw new Error(r.status);
    if (own && r.ok && (await r.clone().text()).includes(PAGE)) await (await caches.open(CACHE)).put("/verify", r.clone());
    return r;
  } catch { return (await caches.match("/verify")) ?? Response.error(); }
};

addEventListener("fetch", (e) => {
  const u = new URL(e.request.url);
  if (e.request.method !== "GET" || u.origin !== location.origin) return;
  if (PINS.includes(u.pathname)) e.respondWith(pin(u.pathname));
  else if (e.request.mode === "navigate") {
    if (u.pathname === "/verify" || /^\/v\//i.test(u.pathname)) e.respondWith(page(e.request, u.pathname === "/verify"));
  } else if (FILES.includes(u.pathname)) e.respondWith(caches.match(u.pathname).then((r) => r ?? fetch(e.request)));
});
