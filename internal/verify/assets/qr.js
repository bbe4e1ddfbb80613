// Finds and reads a QR code in a picture: ISO/IEC 18004, all versions and levels. It holds out against turned,
// small, blurred and badly lit pictures, and ones taken from the side.

const luma = ({ data, width, height }) => {
  const out = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < out.length; i++, j += 4) out[i] = (data[j] * 77 + data[j + 1] * 151 + data[j + 2] * 28) >> 8;
  return { pix: out, w: width, h: height };
};

const half = ({ pix, w, h }) => {
  const nw = w >> 1, nh = h >> 1, out = new Uint8Array(nw * nh);
  for (let y = 0; y < nh; y++) {
    for (let x = 0; x < nw; x++) {
      const i = 2 * y * w + 2 * x;
      out[y * nw + x] = (pix[i] + pix[i + 1] + pix[i + w] + pix[i + w + 1] + 2) >> 2;
    }
  }
  return { pix: out, w: nw, h: nh };
};

// Sums of all dots above and left, so that the mean of any rectangle takes four look-ups.
const sums = ({ pix, w, h }) => {
  const s = new Uint32Array((w + 1) * (h + 1));
  for (let y = 0; y < h; y++) {
    let row = 0;
    for (let x = 0; x < w; x++) {
      row += pix[y * w + x];
      s[(y + 1) * (w + 1) + x + 1] = s[y * (w + 1) + x + 1] + row;
    }
  }
  return (x, y, r) => {
    const x0 = Math.max(0, Math.min(w - 1, x - r)), y0 = Math.max(0, Math.min(h - 1, y - r));
    const x1 = Math.max(x0 + 1, Math.min(w, x + r + 1)), y1 = Math.max(y0 + 1, Math.min(h, y + r + 1));
    const a = w + 1;
    return ((s[y1 * a + x1] - s[y0 * a + x1] - s[y1 * a + x0] + s[y0 * a + x0]) >>> 0) / ((x1 - x0) * (y1 - y0));
  };
};

const binary = (g, mean, r) => {
  const out = new Uint8Array(g.w * g.h);
  for (let y = 0; y < g.h; y++) for (let x = 0; x < g.w; x++) out[y * g.w + x] = g.pix[y * g.w + x] < mean(x, y, r) * 0.94 ? 1 : 0;
  return { pix: out, w: g.w, h: g.h };
};

const ratio = (r) => {
  const total = r[0] + r[1] + r[2] + r[3] + r[4], m = total / 7, slack = m / 2;
  if (total < 7) return 0;
  const near = (n, k) => Math.abs(n - k * m) < k * slack + 0.3;
  return near(r[0], 1) && near(r[1], 1) && near(r[2], 3) && near(r[3], 1) && near(r[4], 1) ? total : 0;
};

// Looks from a dark dot both ways along a line for the five runs of a finder.
const across = (b, x, y, dx, dy, most) => {
  const at = (i) => {
    const px = x + dx * i, py = y + dy * i;
    return px < 0 || py < 0 || px >= b.w || py >= b.h ? -1 : b.pix[py * b.w + px];
  };
  const runs = [0, 0, 0, 0, 0];
  if (at(0) !== 1) return null;
  const walk = (step, order) => {
    let i = step, k = 0;
    for (const want of [1, 0, 1]) {
      while (at(i) === want && runs[order[k]] <= most) { runs[order[k]]++; i += step; }
      k++;
    }
    return i;
  };
  const end = walk(1, [2, 3, 4]);
  walk(-1, [2, 1, 0]);
  runs[2]++;
  const total = ratio(runs);
  return total && { total, centre: end - runs[4] - runs[3] - runs[2] / 2 };
};

const finders = (b) => {
  const found = [];
  const note = (x, y, size) => {
    for (const f of found) {
      if (Math.abs(f.x - x) < size * 3 && Math.abs(f.y - y) < size * 3 && Math.abs(f.size - size) < f.size * 0.6) {
        f.x = (f.x * f.n + x) / (f.n + 1); f.y = (f.y * f.n + y) / (f.n + 1); f.size = (f.size * f.n + size) / (f.n + 1); f.n++;
        return;
      }
    }
    if (found.length < 400) found.push({ x, y, size, n: 1 });
  };
  const step = b.h > 1600 ? 2 : 1;
  for (let y = 0; y < b.h; y += step) {
    const runs = [0, 0, 0, 0, 0];
    let last = 0, row = y * b.w;
    for (let x = 0; x <= b.w; x++) {
      const v = x < b.w ? b.pix[row + x] : 1 - last;
      if (v === last) { runs[4]++; continue; }
      const total = last === 1 ? ratio(runs) : 0;
      if (total) {
        const cx = x - runs[4] - runs[3] - runs[2] / 2;
        const v1 = across(b, Math.floor(cx), y, 0, 1, total);
        if (v1 && Math.abs(v1.total - total) < total * 0.5) {
          const cy = y + v1.centre, h1 = across(b, Math.floor(cx), Math.floor(cy), 1, 0, total);
          if (h1) note(Math.floor(cx) + h1.centre, cy, (v1.total + h1.total) / 14);
        }
      }
      runs.shift(); runs.push(1);
      last = v;
    }
  }
  return found.sort((p, q) => q.n - p.n).slice(0, 14);
};

// Threes that could be the corners of a code, the likeliest first: [top left, top right, bottom left].
const triples = (f) => {
  const out = [], d2 = (p, q) => (p.x - q.x) ** 2 + (p.y - q.y) ** 2;
  for (let i = 0; i < f.length; i++) for (let j = i + 1; j < f.length; j++) for (let k = j + 1; k < f.length; k++) {
    let [a, b, c] = [f[i], f[j], f[k]];
    const ab = d2(a, b), bc = d2(b, c), ac = d2(a, c), top = Math.max(ab, bc, ac);
    if (top === ab) [a, c] = [c, a];
    else if (top === ac) [a, b] = [b, a];
    const p = d2(a, b), q = d2(a, c), size = (a.size + b.size + c.size) / 3;
    const uneven = Math.max(a.size, b.size, c.size) / Math.min(a.size, b.size, c.size);
    const legs = Math.sqrt(Math.max(p, q) / Math.min(p, q)), square = Math.abs(top - p - q) / top;
    if (uneven > 2 || legs > 2 || square > 0.5 || Math.sqrt(p) < size * 10) continue;
    if ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) < 0) [b, c] = [c, b];
    out.push({ a, b, c, score: (legs - 1) + square + (uneven - 1) * 0.5 - Math.min(a.n, b.n, c.n) * 0.005 });
  }
  return out.sort((s, t) => s.score - t.score).slice(0, 12);
};

// How far seven modules of the finder at p reach along the line to q.
const reach = (b, p, q) => {
  const len = Math.hypot(q.x - p.x, q.y - p.y), one = (sign) => {
    let want = 1, changes = 0;
    for (let t = 0; t < p.size * 8; t += 0.25) {
      const x = Math.floor(p.x + sign * t * (q.x - p.x) / len), y = Math.floor(p.y + sign * t * (q.y - p.y) / len);
      const v = x < 0 || y < 0 || x >= b.w || y >= b.h ? 0 : b.pix[y * b.w + x];
      if (v === want) continue;
      want = v;
      if (++changes === 3) return t;
    }
    return p.size * 3.5;
  };
  return one(1) + one(-1);
};

// The plane map that carries module places to places in the picture, by least squares; from three points it is
// affine, from more it knows perspective.
const fit = (points) => {
  const n = points.length > 3 ? 8 : 6, m = Array.from({ length: n }, () => new Float64Array(n + 1));
  const add = (row, value) => { for (let i = 0; i < n; i++) { for (let j = 0; j < n; j++) m[i][j] += row[i] * row[j]; m[i][n] += row[i] * value; } };
  const k = 1 / 50; // keeps the numbers of one size
  for (const [u0, v0, x, y] of points) {
    const u = u0 * k, v = v0 * k;
    add([u, v, 1, 0, 0, 0, -u * x, -v * x].slice(0, n), x);
    add([0, 0, 0, u, v, 1, -u * y, -v * y].slice(0, n), y);
  }
  for (let i = 0; i < n; i++) {
    let p = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(m[r][i]) > Math.abs(m[p][i])) p = r;
    [m[i], m[p]] = [m[p], m[i]];
    if (Math.abs(m[i][i]) < 1e-12) return null;
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const f = m[r][i] / m[i][i];
      for (let c = i; c <= n; c++) m[r][c] -= f * m[i][c];
    }
  }
  const h = m.map((row, i) => row[n] / row[i]);
  return (u, v) => {
    u *= k; v *= k;
    const w = n === 8 ? h[6] * u + h[7] * v + 1 : 1;
    return [(h[0] * u + h[1] * v + h[2]) / w, (h[3] * u + h[4] * v + h[5]) / w];
  };
};

const between = (g, x, y) => {
  x = Math.max(0, Math.min(g.w - 1.001, x - 0.5)); y = Math.max(0, Math.min(g.h - 1.001, y - 0.5));
  const i = Math.floor(x), j = Math.floor(y), fx = x - i, fy = y - j, o = j * g.w + i, right = i + 1 < g.w ? 1 : 0, down = j + 1 < g.h ? g.w : 0;
  return (g.pix[o] * (1 - fx) + g.pix[o + right] * fx) * (1 - fy) + (g.pix[o + down] * (1 - fx) + g.pix[o + down + right] * fx) * fy;
};

const centres = (version) => {
  if (version < 2) return [];
  const n = Math.floor(version / 7) + 2, step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (n * 2 - 2)) * 2;
  const out = [6];
  for (let i = n - 2, at = version * 4 + 10 - (n - 2) * step; i >= 0; i--, at += step) out.push(at);
  return out;
};

// How much a place looks like the middle of an alignment pattern: light ring, dark around and within.
const looksAligned = (g, x, y, ux, uy, vx, vy) => {
  let light = 0, dark = 0, lightest = 255, darkest = 0, wrong = 0;
  const cells = [];
  for (let j = -2; j <= 2; j++) for (let i = -2; i <= 2; i++) {
    const v = between(g, x + i * ux + j * vx, y + i * uy + j * vy), ring = Math.max(Math.abs(i), Math.abs(j)) === 1;
    cells.push([v, ring]);
    if (ring) light += v / 8; else dark += v / 17;
  }
  const mid = (light + dark) / 2;
  for (const [v, ring] of cells) if (v > mid !== ring) wrong++;
  return wrong > 3 ? 0 : (light - dark) * (1 - wrong * 0.1);
};

const align = (g, map, u, v, radius) => {
  const [x, y] = map(u, v), [x1, y1] = map(u + 1, v), [x2, y2] = map(u, v + 1);
  const ux = x1 - x, uy = y1 - y, vx = x2 - x, vy = y2 - y;
  let best = [0, 0, 0];
  const search = (ci, cj, r, step) => {
    for (let j = -r; j <= r; j += step) for (let i = -r; i <= r; i += step) {
      const a = ci + i, b = cj + j, s = looksAligned(g, x + a * ux + b * vx, y + a * uy + b * vy, ux, uy, vx, vy) - Math.hypot(a, b) * 0.2;
      if (s > best[0]) best = [s, a, b];
    }
  };
  search(0, 0, radius, 0.5);
  if (best[0] < 12) return null;
  search(best[1], best[2], 0.5, 0.125);
  return [x + best[1] * ux + best[2] * vx, y + best[1] * uy + best[2] * vy];
};

const locate = (g, t, version) => {
  const dim = version * 4 + 17;
  const points = [[3.5, 3.5, t.a.x, t.a.y], [dim - 3.5, 3.5, t.b.x, t.b.y], [3.5, dim - 3.5, t.c.x, t.c.y]];
  let map = fit(points);
  const c = centres(version), wanted = [];
  for (const v of c) for (const u of c) if (!(u === 6 && v === 6 || u === 6 && v === dim - 7 || u === dim - 7 && v === 6)) wanted.push([u + 0.5, v + 0.5]);
  while (wanted.length) {
    let pick = 0, far = Infinity; // the one next to what is known already
    wanted.forEach(([u, v], i) => {
      const d = Math.min(...points.map((p) => Math.hypot(p[0] - u, p[1] - v)));
      if (d < far) { far = d; pick = i; }
    });
    const [[u, v]] = wanted.splice(pick, 1);
    const radius = points.length < 5 ? Math.min(10, 1.5 + far * 0.13) : 2;
    const at = map && align(g, map, u, v, radius);
    if (at) { points.push([u, v, ...at]); map = fit(points); }
  }
  return map;
};

const sample = (g, mean, map, dim) => {
  const grid = new Uint8Array(dim * dim);
  const [x0, y0] = map(dim / 2, dim / 2), [x1, y1] = map(dim / 2 + 1, dim / 2);
  const r = Math.max(3, Math.round(Math.hypot(x1 - x0, y1 - y0) * 4));
  for (let v = 0; v < dim; v++) for (let u = 0; u < dim; u++) {
    let sum = 0;
    for (const [du, dv] of [[0, 0], [0.18, 0], [-0.18, 0], [0, 0.18], [0, -0.18]]) sum += between(g, ...map(u + 0.5 + du, v + 0.5 + dv));
    const [x, y] = map(u + 0.5, v + 0.5);
    grid[v * dim + u] = sum / 5 < mean(Math.round(x), Math.round(y), r) ? 1 : 0;
  }
  return grid;
};

const table = (s) => s.split(" ").map(Number);
// For levels L, M, Q, H and versions 1 to 40: correction words of a block, and how many blocks.
const words = [
  "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28",
  "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
].map(table);
const blocks = [
  "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
  "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
  "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
  "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
].map(table);

// The fifteen bits of level and mask, with their correction.
const formats = Array.from({ length: 32 }, (_, i) => {
  let rest = i;
  for (let k = 0; k < 10; k++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  return ((i << 10) | rest) ^ 0x5412;
});
const bits = (n) => { let c = 0; for (; n; n &= n - 1) c++; return c; };

const format = (grid, dim) => {
  const at = (u, v) => grid[v * dim + u];
  let first = 0, second = 0;
  for (let i = 0; i < 15; i++) {
    const [u, v] = i < 6 ? [8, i] : i < 8 ? [8, i + 1] : i === 8 ? [7, 8] : [14 - i, 8];
    first |= at(u, v) << i;
    second |= (i < 8 ? at(dim - 1 - i, 8) : at(8, dim - 15 + i)) << i;
  }
  let best = 9, index = 0;
  formats.forEach((f, i) => {
    const d = Math.min(bits(f ^ first), bits(f ^ second));
    if (d < best) { best = d; index = i; }
  });
  return best > 3 ? null : { level: [1, 0, 3, 2][index >> 3], mask: index & 7 };
};

const masks = [
  (u, v) => (u + v) % 2, (u, v) => v % 2, (u) => u % 3, (u, v) => (u + v) % 3, (u, v) => (Math.floor(v / 2) + Math.floor(u / 3)) % 2,
  (u, v) => (u * v) % 2 + (u * v) % 3, (u, v) => ((u * v) % 2 + (u * v) % 3) % 2, (u, v) => ((u + v) % 2 + (u * v) % 3) % 2,
];

const reserved = (version) => {
  const dim = version * 4 + 17, out = new Uint8Array(dim * dim);
  const fill = (u, v, w, h) => { for (let j = v; j < v + h; j++) out.fill(1, j * dim + u, j * dim + u + w); };
  fill(0, 0, 9, 9); fill(dim - 8, 0, 8, 9); fill(0, dim - 8, 9, 8);
  fill(6, 0, 1, dim); fill(0, 6, dim, 1);
  const c = centres(version);
  for (const v of c) for (const u of c) if (!(u === 6 && v === 6 || u === 6 && v === dim - 7 || u === dim - 7 && v === 6)) fill(u - 2, v - 2, 5, 5);
  if (version > 6) { fill(dim - 11, 0, 3, 6); fill(0, dim - 11, 6, 3); }
  return out;
};

const codewords = (grid, version, mask) => {
  const dim = version * 4 + 17, taken = reserved(version), out = [];
  let byte = 0, n = 0, up = true;
  for (let right = dim - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    for (let k = 0; k < dim; k++) {
      const v = up ? dim - 1 - k : k;
      for (const u of [right, right - 1]) {
        if (taken[v * dim + u]) continue;
        byte = (byte << 1) | (grid[v * dim + u] ^ (masks[mask](u, v) === 0 ? 1 : 0));
        if (++n % 8 === 0) { out.push(byte); byte = 0; }
      }
    }
    up = !up;
  }
  return out;
};

// The field of 256 elements in which errors are found.
const exp = new Uint8Array(512), log = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) { exp[i] = exp[i + 255] = x; log[x] = i; x <<= 1; if (x > 255) x ^= 0x11d; }
const mul = (a, b) => (a && b ? exp[log[a] + log[b]] : 0);
const div = (a, b) => (a ? exp[log[a] + 255 - log[b]] : 0);
const value = (poly, x) => poly.reduceRight((sum, c) => mul(sum, x) ^ c, 0); // lowest power first

// Mends a block in place; false when too much of it is wrong.
const mend = (block, extra) => {
  const syndromes = Array.from({ length: extra }, (_, i) => block.reduce((sum, c) => mul(sum, exp[i]) ^ c, 0));
  if (syndromes.every((s) => s === 0)) return true;
  let locator = [1], before = [1], errors = 0, gap = 1, last = 1;
  for (let n = 0; n < extra; n++) {
    let d = syndromes[n];
    for (let i = 1; i <= errors; i++) d ^= mul(locator[i] ?? 0, syndromes[n - i]);
    if (d === 0) { gap++; continue; }
    const next = locator.slice(), f = div(d, last);
    before.forEach((c, i) => { next[i + gap] = (next[i + gap] ?? 0) ^ mul(f, c); });
    for (let i = 0; i < next.length; i++) next[i] ??= 0;
    if (2 * errors <= n) { before = locator; last = d; errors = n + 1 - errors; gap = 1; } else gap++;
    locator = next;
  }
  if (errors * 2 > extra) return false;
  const evaluator = [];
  for (let i = 0; i < errors; i++) {
    let s = 0;
    for (let j = 0; j <= i; j++) s ^= mul(locator[j] ?? 0, syndromes[i - j]);
    evaluator.push(s);
  }
  const slope = locator.map((c, i) => (i % 2 ? c : 0)).slice(1);
  let found = 0;
  for (let p = 0; p < block.length; p++) {
    const inverse = exp[(255 - (block.length - 1 - p)) % 255];
    if (value(locator, inverse) !== 0) continue;
    const below = value(slope, inverse);
    if (below === 0) return false;
    block[p] ^= mul(div(value(evaluator, inverse), below), exp[(block.length - 1 - p) % 255]);
    found++;
  }
  return found === errors && Array.from({ length: extra }, (_, i) => block.reduce((sum, c) => mul(sum, exp[i]) ^ c, 0)).every((s) => s === 0);
};

const data = (all, version, level) => {
  const extra = words[level][version - 1], count = blocks[level][version - 1], short = Math.floor(all.length / count), long = all.length % count;
  const parts = Array.from({ length: count }, () => []);
  let at = 0;
  for (let i = 0; i < short - extra + 1; i++) parts.forEach((p, k) => { if (i < short - extra || k >= count - long) p.push(all[at++]); });
  for (let i = 0; i < extra; i++) for (const p of parts) p.push(all[at++]);
  const out = [];
  for (const p of parts) {
    if (!mend(p, extra)) return null;
    out.push(...p.slice(0, -extra));
  }
  return out;
};

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

const text = (bytes, version) => {
  let at = 0, out = "", end = false;
  const take = (n) => {
    let v = 0;
    for (; n > 0; n--, at++) v = v * 2 + ((bytes[at >> 3] >> (7 - (at & 7))) & 1);
    if (at > bytes.length * 8) throw new RangeError("short");
    return v;
  };
  const wide = version < 10 ? 0 : version < 27 ? 1 : 2;
  while (!end && bytes.length * 8 - at >= 4) {
    const mode = take(4);
    if (mode === 0) end = true;
    else if (mode === 1) {
      for (let n = take([10, 12, 14][wide]); n > 0; n -= 3) out += String(take([0, 4, 7, 10][Math.min(n, 3)])).padStart(Math.min(n, 3), "0");
    } else if (mode === 2) {
      let n = take([9, 11, 13][wide]);
      for (; n > 1; n -= 2) { const v = take(11); out += letters[Math.floor(v / 45)] + letters[v % 45]; }
      if (n) out += letters[take(6)];
    } else if (mode === 4) {
      const b = new Uint8Array(take([8, 16, 16][wide]));
      for (let i = 0; i < b.length; i++) b[i] = take(8);
      out += new TextDecoder().decode(b);
    } else if (mode === 7) {
      take(8); // which alphabet bytes are in; ours is the usual one
    } else return null;
  }
  return out;
};

const readGrid = (grid, version) => {
  const f = format(grid, version * 4 + 17);
  if (!f) return null;
  const d = data(codewords(grid, version, f.mask), version, f.level);
  try { return d && text(d, version); } catch { return null; }
};

const attempt = (g, mean, b) => {
  for (const t of triples(finders(b))) {
    const len = (p, q) => Math.hypot(p.x - q.x, p.y - q.y);
    const across1 = len(t.a, t.b) / ((reach(b, t.a, t.b) + reach(b, t.b, t.a)) / 14), down = len(t.a, t.c) / ((reach(b, t.a, t.c) + reach(b, t.c, t.a)) / 14);
    const guess = Math.round(((across1 + down) / 2 + 7 - 17) / 4);
    for (const version of [guess, guess + 1, guess - 1]) {
      if (version < 1 || version > 40) continue;
      const map = locate(g, t, version);
      const out = map && readGrid(sample(g, mean, map, version * 4 + 17), version);
      if (out) return out;
    }
  }
  return null;
};

// The text of a code in an ImageData, or null. A quick look, for a camera, tries once.
export const readQR = (image, quick) => {
  let g = luma(image);
  for (let size = 0; size < 3 && Math.min(g.w, g.h) > 60; size++) {
    if (size === 0 && g.w * g.h > 14e6) { g = half(g); continue; }
    const mean = sums(g), side = Math.max(g.w, g.h);
    for (const part of quick ? [12] : [16, 40, 6]) {
      const out = attempt(g, mean, binary(g, mean, Math.max(8, Math.round(side / part))));
      if (out) return out;
    }
    if (quick) return null;
    g = half(g);
  }
  return null;
};
