// How much does a browser load before the first page shows? Prints it, and fails where it is more than the app may cost.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST_KIB = 250;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist)));

/** The files of a chunk and of all that it needs before it runs. */
function filesOf(name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  const chunk = manifest[name];
  const needed = (chunk.imports ?? []).flatMap((other) => filesOf(other, seen));
  return [chunk.file, ...(chunk.css ?? []), ...needed];
}

const kib = (files) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 6 }).length, 0) / 1024;

const shell = new Set(["index.html", ...filesOf("index.html")]);
// What a page loads later by itself is none.
const pages = Object.keys(manifest).filter((name) => manifest[name].isDynamicEntry && /^src\/pages\/(\w+)\/\1\.tsx$/.test(name));
const sizes = pages.map((name) => [name, kib(new Set([...shell, ...filesOf(name)]))]);
if (process.argv.includes("--pages")) {
  for (const [name, size] of sizes) console.log(`  ${size.toFixed(0)} KiB with ${name}`);
}
const shellSize = kib(shell);
console.log(`Web app: the first load is ${shellSize.toFixed(0)} KiB gzipped, of ${MOST_KIB} at most.`);
// The page one lands on counts as well; pages of charts are let off, as the limit is one before charts.
const chartless = sizes.filter(([name]) => !filesOf(name).some((file) => /charts/i.test(file)));
const heavy = chartless.filter(([, size]) => size > MOST_KIB);
for (const [name, size] of heavy) console.error(`  ${name}: ${size.toFixed(0)} KiB with the shell`);
process.exit(shellSize > MOST_KIB || heavy.length > 0 ? 1 : 0);
