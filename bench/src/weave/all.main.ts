import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyEdits, checkEdits, unweave, weave } from '@distrace/instrumentation';

/**
 * `node bench/src/weave/all.main.ts [FOLDER]`: weaves every function of every JavaScript file of a folder (this workspace's
 * node_modules), checks what is promised of the result, and prints the figures. Exit code 1 when a promise is broken.
 */
const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../../../node_modules', import.meta.url)));
const ALL = { name: 'all', replaces: false, matches: () => true };
const NAME = /__distrace/g;

function* javaScriptFiles(under: string): Generator<string> {
  for (const entry of readdirSync(under, { withFileTypes: true })) {
    const path = join(under, entry.name);
    if (entry.isDirectory() && entry.name !== '.cache') yield* javaScriptFiles(path);
    else if (entry.isFile() && /\.[cm]?js$/.test(entry.name)) yield path;
  }
}

function isModule(path: string): boolean {
  if (/\.[cm]js$/.test(path)) return path.endsWith('.mjs');
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module';
  }
  return false;
}

const count = {
  files: 0,
  unreadable: 0,
  withFunctions: 0,
  functions: 0,
  woven: 0,
  inPlace: 0,
  bytes: 0,
  weaveMs: 0,
  checkMs: 0,
};
const refusals = new Map<string, number>();
const broken: string[] = [];

function timed<T>(key: 'weaveMs' | 'checkMs', fn: () => T): T {
  const before = performance.now();
  try {
    return fn();
  } finally {
    count[key] += performance.now() - before;
  }
}

function tryFile(path: string): void {
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(path));
  const formats = isModule(path) ? (['esm', 'cjs'] as const) : (['cjs', 'esm'] as const);
  const results = formats.map(
    (format) => () => timed('weaveMs', () => weave(source, { path, format, rules: [ALL] })),
  );
  const first = results[0]!();
  // Bundlers' files are often of the other format than their package says.
  const other = first.report.refused.some(({ code }) => code === 'syntax');
  const { code, edits, probes, report } = other ? results[1]!() : first;
  const format = formats[other ? 1 : 0];
  count.files += 1;
  if (report.refused.some(({ code: why }) => why === 'syntax')) {
    count.unreadable += 1;
    return;
  }
  count.bytes += source.length;
  count.functions += report.functions;
  count.woven += probes.length;
  if (probes.length > 0) count.withFunctions += 1;
  count.inPlace += edits.edits.filter(
    ([, kind]) => kind === 'inline-end' || kind === 'inline-direct-end',
  ).length;
  for (const { code: why, reason } of report.refused) {
    const key = why === 'no-form' ? reason : why;
    refusals.set(key, (refusals.get(key) ?? 0) + 1);
  }
  if (unweave(code) !== source) broken.push(`${path}: unweave`);
  if (applyEdits(source, edits) !== code) broken.push(`${path}: applyEdits`);
  if (code.split('\n').length !== source.split('\n').length) broken.push(`${path}: lines`);
  const again = weave(code.replace(NAME, '$distrace'), { path, format: format!, rules: [] });
  if (again.report.refused.length > 0) broken.push(`${path}: does not parse again`);
  try {
    timed('checkMs', () => checkEdits(source, edits));
  } catch (error) {
    broken.push(`${path}: ${String(error)}`);
  }
}

for (const path of javaScriptFiles(folder)) tryFile(path);
console.table(Object.entries(count).map(([what, value]) => ({ what, value: Math.round(value) })));
console.table([...refusals].map(([reason, functions]) => ({ reason, functions })));
for (const line of broken) console.error(line);
console.log(broken.length === 0 ? 'every promise holds' : `${broken.length} promises broken`);
process.exitCode = broken.length === 0 ? 0 : 1;
