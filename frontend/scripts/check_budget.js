/** Fails when what the first route needs outgrows its budget: scripts and styles that index.html names, gzipped. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist", import.meta.url).pathname;
const BUDGETS = { js: 120 * 1024, css: 20 * 1024 };

const page = readFileSync(join(decodeURIComponent(DIST), "index.html"), "utf8");
const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(js|css))"/g)];

let isOver = false;
for (const [kind, budget] of Object.entries(BUDGETS)) {
  const sizes = files.filter(([, , extension]) => extension === kind).map(([, path]) => gzipSync(readFileSync(join(decodeURIComponent(DIST), String(path)))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const verdict = total > budget ? "over" : "within";
  if (total > budget) isOver = true;
  console.log(`first route ${kind}: ${(total / 1024).toFixed(1)} KB gzipped, ${verdict} ${budget / 1024} KB`);
}
process.exit(isOver ? 1 : 0);
