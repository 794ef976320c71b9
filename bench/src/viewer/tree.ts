import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { figure, median } from '../measure.ts';
import type { Row } from '../measure.ts';
import { SHAPES } from './shapes.ts';
import type { TreeTimes } from './tree-process.ts';

const SPANS = 50_000;
const PROCESSES = 5;
/** Calls of a process after which the compiler has seen it. */
const WARM_FROM = 3;
const PROCESS = fileURLToPath(new URL('./tree-process.ts', import.meta.url));

/** `buildTraceTree` of 50,000 spans in each shape: the first call of a fresh process, and later ones. */
export async function treeRows(): Promise<Row[]> {
  const times = new Map<string, TreeTimes[]>(SHAPES.map((shape) => [shape, []]));
  for (let round = 0; round < PROCESSES; round++) {
    for (const shape of SHAPES) times.get(shape)!.push(await timesOf(shape));
  }
  return (['cpu', 'wall'] as const).flatMap((clock) => {
    const of = (shape: string, from: number, to: number) =>
      median(times.get(shape)!.flatMap((one) => one[clock].slice(from, to)));
    const unit = clock === 'cpu' ? 'CPU ms' : 'ms';
    const rows = [
      ...SHAPES.map((shape) => ({ variant: `${shape}, first call`, unit, value: of(shape, 0, 1) })),
      ...SHAPES.map((shape) => ({ variant: `${shape}, warm`, unit, value: of(shape, WARM_FROM, Infinity) })),
    ];
    const slowest = { variant: 'slowest', unit, value: Math.max(...rows.map(({ value }) => value)) };
    return [...rows, slowest].map((row) => figure('viewer, tree of 50,000 spans', row));
  });
}

async function timesOf(shape: string): Promise<TreeTimes> {
  const child = fork(PROCESS, [shape, String(SPANS)]);
  const exited = once(child, 'exit');
  const [times] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`${PROCESS} ended with ${code} and no times`))),
  ])) as [TreeTimes];
  await exited;
  return times;
}
