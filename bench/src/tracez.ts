import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median, round2 } from './measure.ts';
import type { Row } from './measure.ts';
import type { Figures, Task } from './tracez-worker.ts';

const VARIANTS = ['none', 'no-op', 'bare inline', 'tracez'] as const;
const IN_FLIGHT = [64, 1024, 8192] as const;
const ROUNDS = 41;
const SPANS_PER_ROUND = 20_000;
const PROCESSES = 3;
const WORKER = fileURLToPath(new URL('./tracez-worker.ts', import.meta.url));

/** A process of one variant. */
interface Worker {
  ask(task: Task): Promise<Figures>;
  stop(): Promise<void>;
}

async function startWorker(variant: string): Promise<Worker> {
  const child: ChildProcess = fork(WORKER, [variant], { execArgv: ['--expose-gc'] });
  await once(child, 'message');
  return {
    async ask(task) {
      const answer = once(child, 'message') as Promise<[Figures]>;
      child.send(task);
      return (await answer)[0];
    },
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function withWorkers<T>(
  variants: readonly string[],
  use: (workers: ReadonlyMap<string, Worker>) => Promise<T>,
): Promise<T> {
  const workers = new Map<string, Worker>();
  try {
    for (const variant of variants) workers.set(variant, await startWorker(variant));
    return await use(workers);
  } finally {
    for (const worker of workers.values()) await worker.stop();
  }
}

/**
 * What tracez adds to a span with 5 attributes of OpenTelemetry's SDK, beside no processor, one that does
 * nothing and the least that counting costs; bytes per name and sample; what ten million spans leave behind; how long a page holds the process up.
 */
export async function tracez(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const inFlight of IN_FLIGHT) rows.push(...(await spans(inFlight)));
  return [...rows, ...(await lastOfMany()), ...(await memory()), ...(await heap()), ...(await page())];
}

/** CPU per span. Variants take turns, each in a process of its own; some processes, as none compiles like another. */
async function spans(inFlight: number): Promise<Row[]> {
  const samples = new Map<string, number[]>(VARIANTS.map((variant) => [variant, []]));
  for (let i = 0; i < PROCESSES; i++) {
    await withWorkers(VARIANTS, async (workers) => {
      const task = { kind: 'spans', times: SPANS_PER_ROUND, inFlight } as const;
      // Five rounds to warm up, not counted.
      for (let round = -5; round < ROUNDS; round++) {
        for (const [variant, worker] of workers) {
          const { nanos = 0 } = await worker.ask(task);
          if (round >= 0) samples.get(variant)?.push(nanos);
        }
      }
    });
  }
  const of = (variant: string): readonly number[] => samples.get(variant) ?? [];
  const none = median(of('none'));
  const bench = `tracez, ${inFlight} in flight`;
  const over = (variant: string): number =>
    median(of(variant).map((nanos, i) => nanos - (of('no-op')[i] ?? 0)));
  return [
    ...VARIANTS.map((variant) => row(bench, variant, 'ns/span', median(of(variant)), none)),
    row(bench, 'bare inline over no-op', 'ns/span', over('bare inline'), none),
    row(bench, 'tracez over no-op', 'ns/span', over('tracez'), none),
  ];
}

/** The price of the first and of the last of 60,000 spans of few names. */
async function lastOfMany(): Promise<Row[]> {
  return withWorkers(['tracez'], async (workers) => {
    const costs: number[] = [];
    for (let i = -60; i < 60; i++) {
      const { nanos = 0 } =
        (await workers.get('tracez')?.ask({ kind: 'spans', times: 1000, inFlight: 64 })) ?? {};
      if (i >= 0) costs.push(nanos);
    }
    const [first, last] = [median(costs.slice(0, 15)), median(costs.slice(-15))];
    const bench = 'tracez, 60,000 spans';
    return [row(bench, 'first', 'ns/span', first, first), row(bench, 'last', 'ns/span', last, first)];
  });
}

async function memory(): Promise<Row[]> {
  const figures = await askNew({ kind: 'memory' });
  return Object.entries(figures).map(([variant, bytes]) => row('tracez, memory', variant, 'bytes', bytes, 0));
}

async function heap(): Promise<Row[]> {
  const { kilobytes = 0 } = await askNew({ kind: 'heap', spans: 10_000_000 });
  return [row('tracez, memory', 'heap grown by 10,000,000 spans', 'KiB', kilobytes, 0)];
}

async function page(): Promise<Row[]> {
  const figures = await askNew({ kind: 'page', requests: 21 });
  return Object.entries(figures).map(([format, ms]) => ({
    ...row('tracez, page of 1,000 names', `longest stall, ${format}`, 'ms', ms, 0),
    median: round2(ms),
  }));
}

async function askNew(task: Task): Promise<Figures> {
  return withWorkers(['tracez'], async (workers) => (await workers.get('tracez')?.ask(task)) ?? {});
}

/** `none` is what the ratio is to; 0 for none. */
function row(bench: string, variant: string, unit: string, value: number, none: number): Row {
  return {
    bench,
    variant,
    unit,
    median: Math.round(value),
    ratioToNone: none === 0 ? 0 : round2(value / none),
  };
}
