import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findOrStartBroker, startGuardian } from '@distrace/broker';
import { median, round2 } from './measure.ts';
import type { Row } from './measure.ts';

/** What a worker is asked for. */
export interface Round {
  readonly kind: 'emit' | 'rpc' | 'pressure';
  readonly times: number;
}

/** What it measured, per message. */
export interface RoundResult {
  readonly cpuMicros: number;
  readonly perSecond: number;
  /** Messages handled in another trace than they were sent in. */
  readonly wrong: number;
}

const VARIANTS = ['none', 'distrace', 'instrumentation-amqplib'] as const;
const ROUNDS = 15;
const WORKER = fileURLToPath(new URL('./rmq-worker.ts', import.meta.url));

/**
 * Messages over a real broker, client and server of each variant in one process: CPU per message, messages per
 * second, and messages that carry another request's trace under back-pressure. Variants take turns.
 */
export async function rmq(): Promise<Row[]> {
  const guardian = startGuardian();
  const broker = await findOrStartBroker({ guardian, log: (line) => console.error(line) });
  const workers = new Map<string, ChildProcess>();
  try {
    for (const variant of VARIANTS) {
      const worker = fork(WORKER, [variant, broker.url, `bench-${process.pid}-${variant}`]);
      await once(worker, 'message');
      workers.set(variant, worker);
    }
    const ask = async (variant: string, round: Round): Promise<RoundResult> => {
      const worker = workers.get(variant)!;
      const answer = once(worker, 'message') as Promise<[RoundResult]>;
      worker.send(round);
      return (await answer)[0];
    };
    const rows: Row[] = [];
    for (const kind of ['emit', 'rpc'] as const) {
      const results = await interleave((variant) => ask(variant, { kind, times: 3000 }));
      rows.push(...rowsOf(`rmq ${kind}`, 'CPU µs/message', results, ({ cpuMicros }) => cpuMicros));
      rows.push(...rowsOf(`rmq ${kind}`, 'messages/s', results, ({ perSecond }) => perSecond));
    }
    for (const variant of VARIANTS.slice(1)) {
      const { wrong } = await ask(variant, { kind: 'pressure', times: 2000 });
      rows.push({
        bench: 'rmq pressure',
        variant,
        unit: 'wrong trace ids of 2000',
        median: wrong,
        ratioToNone: 0,
      });
    }
    return rows;
  } finally {
    for (const worker of workers.values()) {
      worker.send('stop');
      await once(worker, 'exit');
    }
    await broker.stop();
    await guardian.close();
  }
}

async function interleave(
  ask: (variant: string) => Promise<RoundResult>,
): Promise<Map<string, RoundResult[]>> {
  const results = new Map<string, RoundResult[]>(VARIANTS.map((variant) => [variant, []]));
  // Two rounds to warm up, not counted.
  for (let round = -2; round < ROUNDS; round++) {
    for (const variant of VARIANTS) {
      const result = await ask(variant);
      if (round >= 0) results.get(variant)?.push(result);
    }
  }
  return results;
}

function rowsOf(
  bench: string,
  unit: string,
  results: Map<string, RoundResult[]>,
  pick: (result: RoundResult) => number,
): Row[] {
  const medianOf = (variant: string) => median((results.get(variant) ?? []).map(pick));
  return VARIANTS.map((variant) => ({
    bench,
    variant,
    unit,
    median: round2(medianOf(variant)),
    ratioToNone: round2(medianOf(variant) / medianOf('none')),
  }));
}
