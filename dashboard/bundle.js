// Says what the browser loads before the first screen stands, and fails when it is too much: the entry, the frame and
// the overview with all they import. What is loaded later (charts, other screens) is not counted.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KIB = 250;
const FIRST = [
  "index.html",
  "src/routes/_app.tsx?tsr-split=component",
  "src/routes/_app/index.tsx?tsr-split=component",
];

const folder = "../src/headrace/web/static/built";
const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"));
const files = new Set();

function collect(name) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`The build has no ${name}; bundle.js names what the first screen needs`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) collect(imported);
}

FIRST.forEach(collect);
const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`${folder}/${file}`)).length, 0);
const kib = bytes / 1024;
console.log(`First paint: ${kib.toFixed(1)} KiB of JavaScript (gzip) in ${files.size} files; at most ${LIMIT_KIB}`);
if (kib > LIMIT_KIB) process.exit(1);
