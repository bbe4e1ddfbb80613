// Checks certificates with what this device holds: the keys of the bodies, a snapshot of who is revoked, and the
// browser's own cryptography. Nothing is sent anywhere.

const utf8 = new TextEncoder();
const subtle = globalThis.crypto?.subtle;

// Wrong is why something is refused, as the key of its words; Unable is why it could not be checked.
class Wrong extends Error { constructor(key, ...args) { super(key); this.key = key; this.args = args; } }
class Unable extends Wrong {}

const bytesOf64 = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const hex = (b) => Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
const sha256 = async (b) => {
  if (!subtle) throw new Unable("unable.crypto");
  return new Uint8Array(await subtle.digest("SHA-256", b));
};

// --- signatures

const algorithms = {
  EdDSA: { key: { name: "Ed25519" }, sign: { name: "Ed25519" }, size: 32 },
  ES256: { key: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" }, size: 65 },
};

const signedBy = async (key, message, signature) => {
  const how = algorithms[key.algorithm], raw = bytesOf64(key.public);
  if (!subtle || !how) throw new Unable("unable.crypto");
  if (raw.length !== how.size || signature.length !== 64) return false;
  let k;
  try {
    k = await subtle.importKey("raw", raw, how.key, false, ["verify"]);
  } catch (e) {
    if (e.name === "NotSupportedError") throw new Unable("unable.algorithm", key.algorithm);
    return false;
  }
  return subtle.verify(how.sign, k, signature, message);
};

// --- the signed QR: COSE_Sign1 in base32 behind the '#' of an address

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const fromBase32 = (s) => {
  const out = new Uint8Array(Math.floor((s.length * 5) / 8));
  let value = 0, bits = 0, at = 0;
  for (const c of s) {
    const v = base32.indexOf(c);
    if (v < 0) throw new Wrong("qr.text");
    value = ((value << 5) | v) & 0xfff;
    bits += 5;
    if (bits >= 8) { bits -= 8; out[at++] = value >> bits; }
  }
  if (bits >= 5 || value & ((1 << bits) - 1) || out.length === 0) throw new Wrong("qr.text");
  return out;
};

// Reads CBOR in its one deterministic form: nothing indefinite, nothing longer than needed, no key twice or out of
// order. Maps come as arrays of pairs.
const cbor = (b) => {
  let at = 0, items = 0;
  const bad = () => { throw new Wrong("qr.form"); };
  const head = () => {
    const first = b[at++], kind = first >> 5, low = first & 31;
    if (first === undefined || ++items > 600) bad();
    if (low < 24) return [kind, low];
    const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[low];
    if (!size || at + size > b.length || kind === 7) bad();
    let n = 0;
    for (let i = 0; i < size; i++) n = n * 256 + b[at++];
    if (n < { 1: 24, 2: 256, 4: 65536, 8: 2 ** 32 }[size] || n > 2 ** 53) bad();
    return [kind, n];
  };
  const item = (depth) => {
    if (depth > 5) bad();
    const [kind, n] = head();
    switch (kind) {
      case 0: return n;
      case 1: return -1 - n;
      case 2:
      case 3: {
        if (n > b.length - at) bad();
        const part = b.slice(at, at += n);
        if (kind === 2) return part;
        try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part); } catch { return bad(); }
      }
      case 4: {
        if (n > 400) bad();
        return Array.from({ length: n }, () => item(depth + 1));
      }
      case 5: {
        if (n > 16) bad();
        const pairs = [];
        let last = "";
        for (let i = 0; i < n; i++) {
          const from = at, key = item(depth + 1), raw = hex(b.slice(from, at));
          if (i && raw <= last) bad();
          last = raw;
          pairs.push([key, item(depth + 1)]);
        }
        return { pairs };
      }
      case 6: return { tag: n, value: item(depth + 1) };
    }
    return n === 20 ? false : n === 21 ? true : bad();
  };
  const out = item(0);
  if (at !== b.length) bad();
  return out;
};

const encodeBytes = (b) => {
  const n = b.length;
  return [...(n < 24 ? [0x40 + n] : n < 256 ? [0x58, n] : [0x59, n >> 8, n & 255]), ...b];
};

const members = (map, keys, reason) => {
  if (!map?.pairs || map.pairs.length !== keys.length || !map.pairs.every(([k], i) => k === keys[i])) throw new Wrong(reason);
  return map.pairs.map(([, v]) => v);
};

const dayOf = (n) => new Date(n * 864e5).toISOString().slice(0, 10);

// How far the clocks of the zone are ahead in which a moment is midnight.
const aheadAt = (moment) => [7, 8, 9].map((h) => h * 3600).find((s) => (moment + s) % 86400 === 0);

const unitsOf = (packed) => {
  const out = [];
  let stem = "", last = 0;
  for (const x of packed) {
    if (typeof x === "string") { stem = x; continue; }
    if (x instanceof Uint8Array) { out.push(new TextDecoder().decode(x)); continue; }
    if (typeof x !== "number") throw new Wrong("qr.content");
    last = x < 0 ? last - x * 200 : x;
    const number = Math.floor(last / 200), revision = Math.floor(last / 2) % 100;
    if (number > 999) throw new Wrong("qr.content");
    out.push(`${stem}${String(number).padStart(3, "0")}.${String(revision).padStart((last % 2) + 1, "0")}`);
  }
  return out;
};

const numberOf = (x) => {
  if (typeof x === "string") return x;
  const s = hex(x).replace(/f$/, "").replace(/a/g, " ");
  if (/[^0-9 ]/.test(s)) throw new Wrong("qr.content");
  return s;
};

// Takes a QR's text apart. What it says is nobody's word before its signature is checked.
const openQR = (text) => {
  let s = text.trim().toUpperCase(), host = "", code = "";
  if (s.length > 4400) throw new Wrong("qr.too_long");
  const hash = s.indexOf("#");
  if (hash >= 0) {
    const m = /^HTTPS?:\/\/([A-Z0-9.-]+(?::[0-9]+)?)\/(?:[^?]*\/)?([A-Z0-9]+)$/.exec(s.slice(0, hash));
    if (!m) throw new Wrong("qr.address");
    host = m[1].toLowerCase();
    code = m[2];
    s = s.slice(hash + 1);
  }
  const top = cbor(fromBase32(s));
  if (top.tag !== 18 || !Array.isArray(top.value) || top.value.length !== 4) throw new Wrong("qr.form");
  const [head, loose, payload, signature] = top.value;
  if (!(head instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array) || signature.length !== 64 || loose?.pairs?.length !== 0) throw new Wrong("qr.form");
  const [algorithm, kid] = members(cbor(head), [1, 4], "qr.header"); // crit too: we know no extension
  if (!(kid instanceof Uint8Array) || kid.length !== 8) throw new Wrong("qr.header");
  const name = { "-8": "EdDSA", "-7": "ES256" }[algorithm];
  if (!name) throw new Wrong("qr.algorithm");
  const [licence, end, start, id, own] = members(cbor(payload), [1, 4, 5, 7, -65537], "qr.claims");
  if (!Array.isArray(own) || own.length !== 10 || !(id instanceof Uint8Array) || !Array.isArray(own[6])) throw new Wrong("qr.claims");
  const [number, holder, lsp, scheme, title, level, units, list, index, sample] = own;
  const ahead = aheadAt(start), from = (start + ahead) / 86400, until = (end + ahead) / 86400 - 1;
  const fine = [licence, holder, lsp, scheme, title, list].every((t) => typeof t === "string" && t && t === t.normalize("NFC")) && [level, from, until, index].every((n) => Number.isInteger(n) && n >= 0) &&
    (typeof number === "string" || number instanceof Uint8Array) && from <= until && until < 49673 && level <= 9 && typeof sample === "boolean";
  if (!fine) throw new Wrong("qr.content");
  return {
    host, urlCode: code, kid: hex(kid), algorithm: name, signature,
    toBeSigned: Uint8Array.from([0x84, 0x6a, ...utf8.encode("Signature1"), ...encodeBytes(head), 0x40, ...encodeBytes(payload)]),
    facts: { code: new TextDecoder().decode(id), number: numberOf(number), holder, lsp, licence, scheme, title, level, units: unitsOf(units), from: dayOf(from), until: dayOf(until), list, index, sample },
  };
};

// --- the credential: Open Badges 3.0 with eddsa-rdfc-2022, in the one shape that this register writes

const S = "https://schema.org/", B = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#", V = "https://www.w3.org/2018/credentials#", L = "https://www.w3.org/ns/credentials/status#";
const X = "http://www.w3.org/2001/XMLSchema#", type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", uri = "https://www.w3.org/2001/XMLSchema#anyURI";
const contexts = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"];

// Each member: what it states, and the kind of its value: text, id, a data type, or the shape of a node.
const profile = { types: { Profile: B + "Profile" }, name: [S + "name", "text"], url: [S + "url", uri] };
const shape = {
  types: { VerifiableCredential: V + "VerifiableCredential", OpenBadgeCredential: B + "OpenBadgeCredential" },
  name: [S + "name", "text"], awardedDate: [B + "awardedDate", "xsd:dateTime"], validFrom: [V + "validFrom", X + "dateTime"], validUntil: [V + "validUntil", X + "dateTime"],
  issuer: [V + "issuer", { ...profile, otherIdentifier: [B + "otherIdentifier", {
    blank: true, types: { IdentifierEntry: B + "IdentifierEntry" }, identifier: [B + "identifier", "text"], identifierType: [B + "identifierType", "text"],
  }] }],
  credentialSubject: [V + "credentialSubject", {
    types: { AchievementSubject: B + "AchievementSubject" }, licenseNumber: [B + "licenseNumber", "text"], source: [B + "source", profile],
    identifier: [B + "identifier", {
      blank: true, types: { IdentityObject: B + "IdentityObject" }, hashed: [B + "hashed", "false"], identityHash: [B + "identityHash", "text"], identityType: [B + "identityType", "text"],
    }],
    achievement: [B + "achievement", {
      types: { Achievement: B + "Achievement" }, achievementType: [B + "achievementType", "text"], name: [S + "name", "text"], description: [S + "description", "text"],
      humanCode: [B + "humanCode", "text"], version: [B + "version", "text"], inLanguage: [S + "inLanguage", "text"], tag: [S + "keywords", "text"],
      criteria: [B + "Criteria", { narrative: [B + "narrative", "text"] }],
      alignment: [B + "alignment", {
        types: { Alignment: S + "AlignmentObject" }, targetCode: [B + "targetCode", "text"], targetName: [S + "targetName", "text"], targetFramework: [S + "targetFramework", "text"],
        targetType: [B + "targetType", "text"], targetUrl: [S + "targetUrl", uri],
      }],
    }],
  }],
  credentialSchema: [V + "credentialSchema", { types: { "1EdTechJsonSchemaValidator2019": "https://purl.imsglobal.org/spec/vccs/v1p0/context.json#1EdTechJsonSchemaValidator2019" } }],
  credentialStatus: [V + "credentialStatus", {
    types: { BitstringStatusListEntry: L + "BitstringStatusListEntry" }, statusPurpose: [L + "statusPurpose", "text"], statusListIndex: [L + "statusListIndex", "text"], statusListCredential: [L + "statusListCredential", "id"],
  }],
};

const many = (v) => (Array.isArray(v) ? v : [v]);
const other = () => new Unable("unable.shape");
const iri = (s) => {
  if (typeof s !== "string" || !/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/.test(s) || /[<>"{}|^`\\]/.test(s)) throw other();
  return `<${s}>`;
};
const escapes = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };
const literal = (s) => {
  if (typeof s !== "string" || !s.isWellFormed()) throw other();
  return `"${s.replace(/[\u0000-\u001f"\\\u007f]/g, (c) => escapes[c] ?? "\\u00" + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0"))}"`;
};

// Code points in order, which is not the order of JavaScript's halves of them.
const weigh = (c) => (c >= 0xe000 ? c - 0x800 : c >= 0xd800 ? c + 0x2000 : c);
const compare = (a, b) => {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i), y = b.charCodeAt(i);
    if (x !== y) return weigh(x) - weigh(y);
  }
  return a.length - b.length;
};

// The canonical N-Quads (RDFC-1.0) of a document of our shape. One of another shape is told, not guessed at.
export const canonical = async (doc) => {
  const { "@context": at, proof, ...rest } = doc;
  if (JSON.stringify(at) !== JSON.stringify(contexts)) throw other();
  const quads = [], seen = new Set(), blanks = [];
  const node = (o, form) => {
    if (typeof o !== "object" || o === null || quads.length > 2000) throw other();
    let subject;
    if (form.blank) {
      if ("id" in o) throw other();
      subject = `_:b${blanks.length}`;
      blanks.push(subject);
    } else subject = iri(o.id);
    if (seen.has(subject)) throw other();
    seen.add(subject);
    for (const t of many(o.type ?? [])) {
      if (!Object.hasOwn(form.types ?? {}, t)) throw other();
      quads.push([subject, `<${type}>`, `<${form.types[t]}>`]);
    }
    for (const [name, value] of Object.entries(o)) {
      if (name === "id" || name === "type") continue;
      if (!Object.hasOwn(form, name) || name === "types" || name === "blank") throw other();
      const [predicate, kind] = form[name];
      for (const v of many(value)) {
        const object = typeof kind === "object" ? node(v, kind) : kind === "text" ? literal(v) : kind === "id" ? iri(v)
          : kind === "false" ? (v === false ? `"false"^^<https://www.w3.org/2001/XMLSchema#boolean>` : literal(null)) : `${literal(v)}^^<${kind}>`;
        quads.push([subject, `<${predicate}>`, object]);
      }
    }
    return subject;
  };
  node(rest, shape);
  const hashes = [];
  for (const b of blanks) {
    const own = quads.filter((q) => q.includes(b)).map((q) => q.map((t) => (t === b ? "_:a" : t.startsWith("_:") ? "_:z" : t)).join(" ") + " .\n");
    hashes.push([hex(await sha256(utf8.encode(own.sort(compare).join("")))), b]);
  }
  hashes.sort((a, b) => (a[0] < b[0] ? -1 : 1));
  if (hashes.some(([h], i) => i && h === hashes[i - 1][0])) throw other();
  const label = new Map(hashes.map(([, b], i) => [b, `_:c14n${i}`]));
  const lines = quads.map((q) => q.map((t) => label.get(t) ?? t).join(" ") + " .\n").sort(compare);
  return lines.filter((l, i) => l !== lines[i - 1]).join("");
};

const canonicalProof = (p) => `_:c14n0 <http://purl.org/dc/terms/created> ${literal(p.created)}^^<${X}dateTime> .
_:c14n0 <${type}> <https://w3id.org/security#DataIntegrityProof> .
_:c14n0 <https://w3id.org/security#cryptosuite> "eddsa-rdfc-2022"^^<https://w3id.org/security#cryptosuiteString> .
_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .
_:c14n0 <https://w3id.org/security#verificationMethod> ${iri(p.verificationMethod)} .
`;

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const fromBase58 = (s) => {
  if (typeof s !== "string" || !/^z[1-9A-HJ-NP-Za-km-z]{60,100}$/.test(s)) throw new Wrong("bad.proof");
  let n = 0n;
  for (const c of s.slice(1)) n = n * 58n + BigInt(base58.indexOf(c));
  const h = n.toString(16).padStart(128, "0"), out = new Uint8Array(64);
  if (h.length !== 128) throw new Wrong("bad.proof");
  for (let i = 0; i < 64; i++) out[i] = parseInt(h.slice(2 * i, 2 * i + 2), 16);
  return out;
};

const openCredential = async (text) => {
  let doc;
  try { doc = JSON.parse(text); } catch { throw new Wrong("bad.json"); }
  const proofs = many(doc?.proof ?? []);
  if (typeof doc !== "object" || doc === null || !many(doc.type).includes("VerifiableCredential")) throw new Wrong("bad.json");
  if (proofs.length === 0) throw new Wrong("bad.no_proof");
  const proof = proofs[0], names = ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"];
  if (proofs.length > 1 || proof.cryptosuite !== "eddsa-rdfc-2022" || proof.type !== "DataIntegrityProof" || proof.proofPurpose !== "assertionMethod" || Object.keys(proof).length !== names.length || !names.every((n) => n in proof)) throw other();
  const quads = await canonical(doc), subject = doc.credentialSubject, achievement = subject?.achievement, status = doc.credentialStatus;
  const days = [doc.validFrom, doc.validUntil ?? "9999-12-31T", proof.created].map((d) => /^(\d{4}-\d\d-\d\d)T/.exec(d)?.[1]);
  if (!achievement || !days.every(Boolean)) throw other();
  const entry = (kind) => many(subject.identifier ?? []).find((i) => i.identityType === kind)?.identityHash ?? "";
  const message = new Uint8Array(64);
  message.set(await sha256(utf8.encode(canonicalProof(proof))), 0);
  message.set(await sha256(utf8.encode(quads)), 32);
  return {
    method: proof.verificationMethod, did: doc.issuer.id, signature: fromBase58(proof.proofValue), toBeSigned: message,
    facts: {
      code: doc.id.split("/").pop(), number: subject.licenseNumber, holder: entry("name"), lsp: doc.issuer.name, licence: many(doc.issuer.otherIdentifier ?? [])[0]?.identifier ?? "",
      scheme: achievement.humanCode, title: achievement.name, level: Number(many(achievement.alignment ?? []).find((a) => a.targetFramework === "KKNI")?.targetCode ?? 0),
      units: many(achievement.alignment ?? []).filter((a) => a.targetFramework !== "KKNI").map((a) => [a.targetCode, a.targetName]), from: days[0], until: days[1], created: days[2],
      listURL: status?.statusListCredential, index: status ? Number(status.statusListIndex) : -1,
    },
  };
};

// --- status

const inflate = async (data, how, most) => {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream(how)).getReader(), parts = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) break;
    if ((size += value.length) > most) { await reader.cancel(); throw new RangeError("too large"); }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
};

const marked = async (encoded, index) => {
  const list = await inflate(bytesOf64(encoded.slice(1)), "gzip", 1 << 20);
  if (index < 0 || index >= list.length * 8) throw new RangeError("index");
  return (list[index >> 3] >> (7 - (index & 7))) & 1; // the first entry is the highest bit
};

const statusOf = async (facts, status) => {
  const list = status?.lists.find((l) => (facts.listURL ? l.url === facts.listURL : l.id === facts.list));
  if (!list) return "missing";
  try {
    if (await marked(list.revoked, facts.index)) return "revoked";
    return list.suspended && await marked(list.suspended, facts.index) ? "suspended" : "good";
  } catch { return "missing"; }
};

// --- the judgement

const DAY = 864e5, zones = { WIB: 7, WITA: 8, WIT: 9 };
const oldStatus = 7, oldKeys = 60; // days
const clockSlack = 10 * 60e3;

// Judges what was opened with what is held: keys, status and the device's clock. checks says, line by line, what was
// looked at; the verdict is the worst of them.
const judge = async (opened, candidates, held, now) => {
  const { facts } = opened, checks = [], verdicts = [];
  const say = (state, key, ...args) => checks.push({ state, key, args });
  const done = (verdict) => ({ facts, checks, verdict, sample: facts.sample || key?.sample });
  let key = null;
  say("meets", "form");
  if (!held.keys) { say("missing", "no_keys"); return done("unchecked"); }
  if (candidates.length === 0) { say("fails", "unknown_key"); return done("unknown"); }
  try {
    for (const k of candidates) if (await signedBy(k, opened.toBeSigned, opened.signature)) { key = k; break; }
  } catch (e) {
    if (!(e instanceof Unable)) throw e;
    say("missing", e.key, ...e.args);
    return done("unchecked");
  }
  if (!key) { say("fails", "wrong_signature"); return done("forged"); }
  say("meets", "signature", key.body, key.licence);
  const signedOn = facts.created ?? facts.from;
  if (opened.did ? key.did !== opened.did : key.licence !== facts.licence) { say("fails", "other_body"); return done("forged"); }
  if (key.from && signedOn < key.from || key.until && signedOn > key.until) { say("fails", "key_ended"); return done("forged"); }
  if (opened.host && opened.urlCode !== facts.code) { say("fails", "other_code"); return done("forged"); }
  if (opened.host && opened.host !== held.host) say("missing", "other_host", opened.host);

  const made = [held.keys.made, held.status?.made].filter(Boolean).map((s) => Date.parse(s)), newest = Math.max(...made);
  const wrongClock = now < newest - clockSlack, moment = wrongClock ? newest : now;
  const day = new Date(moment + (zones[key.zone] ?? 7) * 36e5).toISOString().slice(0, 10);
  if (wrongClock) { say("fails", "clock", now, newest); verdicts.push("clock"); }
  if (day < facts.from) { say("fails", "early", facts.from); verdicts.push("early"); }
  else if (day > facts.until) { say("fails", "expired", facts.until); verdicts.push("expired"); }
  else if (wrongClock) say("missing", "days_clock", facts.until);
  else say("meets", "days", facts.until);

  const state = await statusOf(facts, held.status), age = held.status ? Math.floor((moment - Date.parse(held.status.made)) / DAY) : 0;
  if (state === "good") {
    say(age > oldStatus ? "missing" : "meets", age > oldStatus ? "status_old" : "status", held.status.made, age);
    if (age > oldStatus) verdicts.push("stale");
  } else if (state === "missing") { say("missing", "status_missing"); verdicts.push("no_status"); }
  else { say("fails", state, held.status.made); verdicts.push(state); }
  const keyAge = Math.floor((moment - Date.parse(held.keys.made)) / DAY);
  if (keyAge > oldKeys) { say("missing", "keys_old", keyAge); verdicts.push("stale"); }
  say("missing", "printed");
  return done(["revoked", "suspended", "expired", "early", "clock", "no_status", "stale"].find((v) => verdicts.includes(v)) ?? "valid");
};

const refused = (e) => {
  if (!(e instanceof Wrong)) throw e;
  return { facts: null, checks: [{ state: e instanceof Unable ? "missing" : "fails", key: e.key, args: e.args }], verdict: e instanceof Unable ? "unchecked" : "refused" };
};

// checkQR judges the text of a QR code. held is { keys, status, host }.
export const checkQR = async (text, held, now) => {
  try {
    const opened = openQR(text);
    return await judge(opened, (held.keys?.keys ?? []).filter((k) => k.kid === opened.kid && k.algorithm === opened.algorithm), held, now);
  } catch (e) { return refused(e); }
};

// checkJSON judges a credential as text.
export const checkJSON = async (text, held, now) => {
  try {
    if (text.length > 512 << 10) throw new Wrong("bad.too_large");
    const opened = await openCredential(text);
    return await judge(opened, (held.keys?.keys ?? []).filter((k) => k.method === opened.method && k.algorithm === "EdDSA"), held, now);
  } catch (e) { return refused(e instanceof Wrong ? e : other()); }
};

// --- files that carry credentials

const latin = new TextDecoder("latin1");

// inPDF gives the credentials among the files inside a PDF.
export const inPDF = async (bytes) => {
  const s = latin.decode(bytes), out = [];
  let looks = 0;
  for (const m of s.matchAll(/\/Type\s*\/EmbeddedFile\b/g)) {
    if (++looks > 50) break;
    const begin = s.lastIndexOf(" obj", m.index), from = s.indexOf("stream", m.index), dict = s.slice(begin, from);
    if (from < 0 || from - begin > 4096 || out.length > 4) continue;
    const start = from + (s[from + 6] === "\r" ? 8 : 7), length = Number(/\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(dict)?.[1] ?? -1);
    let end = start + length;
    if (length < 0 || !/^\s*endstream/.test(s.slice(end, end + 20))) {
      end = s.indexOf("endstream", start);
      while (end > start && (s[end - 1] === "\n" || s[end - 1] === "\r")) end--;
    }
    if (end < start || end - start > 4 << 20) continue;
    let data = bytes.subarray(start, end);
    try {
      if (/\/FlateDecode/.test(dict)) data = await inflate(data, "deflate", 1 << 20);
      else if (/\/Filter/.test(dict)) continue;
      const text = new TextDecoder().decode(data).trim();
      if (text.startsWith("{") && text.includes('"@context"')) out.push(text);
    } catch { continue; } // a file that cannot be unpacked is none of ours
  }
  return out;
};

// inPNG gives the credential baked into a badge, or null.
export const inPNG = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at), kind = latin.decode(bytes.subarray(at + 4, at + 8)), body = bytes.subarray(at + 8, at + 8 + length);
    if (kind === "iTXt" && latin.decode(body.subarray(0, 20)) === "openbadgecredential\0" && body[20] === 0) {
      let from = 22;
      for (let zeros = 0; from < body.length && zeros < 2; from++) if (body[from] === 0) zeros++;
      return new TextDecoder().decode(body.subarray(from));
    }
    at += 12 + length;
  }
  return null;
};
