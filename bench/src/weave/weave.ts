import { interleave, rowsOf } from '../measure.ts';
import type { MeasureOptions, Row } from '../measure.ts';
import { FILES } from './files.ts';
import type { MarkedFile } from './files.ts';
import { babel, distrace, hash, orchestrion } from './weavers.ts';
import type { Weaver } from './weavers.ts';

/** The first is the least that any of them has to do with a file. */
const WEAVERS: Readonly<Record<string, Weaver>> = { none: hash, distrace, orchestrion, babel };

/** How long it takes to weave one function of a real file, warm: ours beside orchestrion and Babel. */
export async function weaveBench({ rounds = 11 }: MeasureOptions = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for (const file of rounds > 1 ? FILES : FILES.slice(0, 1)) {
    const names = Object.keys(WEAVERS);
    const runs = new Map(names.map((name) => [name, ready(name, file, rounds > 1 ? 700 : 0)]));
    const times = rounds > 1 ? Math.max(1, Math.round(250_000 / file.source.length)) : 1;
    const samples = await interleave(names, {
      rounds,
      run: async (name) => millisecondsOf(runs.get(name)!, times),
    });
    rows.push(...rowsOf(`weave, ${file.name}`, { unit: 'CPU ms/file', samples }));
  }
  return rows;
}

/** Warmed up: before V8 has compiled a parser, the first file would be the slowest whatever weaves it. */
function ready(name: string, file: MarkedFile, warmUpMs: number): () => string {
  const run = WEAVERS[name]!(file);
  if (name !== 'none' && !/__distrace|tr_ch_apm/.test(run()))
    throw new Error(`${name} wove nothing in ${file.name}`);
  for (const until = performance.now() + warmUpMs; performance.now() < until;) run();
  return run;
}

function millisecondsOf(run: () => string, times: number): number {
  // Not counted: clears away what the one before has left behind. A forced collection would also throw compiled code away.
  for (let i = 0; i < times; i++) run();
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}
