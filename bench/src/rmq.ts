import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findOrStartBroker, startGuardian } from '@distrace/broker';
import { interleave, rowsOf } from './measure.ts';
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

const VARIANTS = ['none', 'by hand', 'distrace', 'instrumentation-amqplib'] as const;
const ROUNDS = 15;
const WORKER = fileURLToPath(new URL('./rmq-worker.ts', import.meta.url));

/**
 * Messages over a real broker, client and server of each variant in one process: CPU per message, messages per
 * second, and messages that carry another request's trace under back-pressure. Variants take turns. `by hand` is the
 * floor: two spans and a header, made for one queue.
 */
export async function rmq(): Promise<Row[]> {
  const guardian = startGuardian();
  const broker = await findOrStartBroker({ guardian, log: (line) => console.error(line) });
  const workers = new Map<string, ChildProcess>();
  try {
    for (const variant of VARIANTS) {
      const worker = fork(WORKER, [variant, broker.url, `bench-${process.pid}-${VARIANTS.indexOf(variant)}`]);
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
      const results = await interleave(VARIANTS, {
        rounds: ROUNDS,
        run: (variant) => ask(variant, { kind, times: 3000 }),
      });
      const cpu = pick(results, 'cpuMicros');
      rows.push(...rowsOf(`rmq ${kind}`, { unit: 'CPU µs/message', samples: cpu }));
      rows.push(...rowsOf(`rmq ${kind}, added`, { unit: 'CPU µs/message', samples: added(cpu) }));
      rows.push(...rowsOf(`rmq ${kind}`, { unit: 'messages/s', samples: pick(results, 'perSecond') }));
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

/** What a variant costs beyond none, round by round: the machine's slow minutes fall out. */
function added(samples: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
  const none = samples.get('none') ?? [];
  return new Map(
    [...samples].map(([variant, values]) => [
      variant,
      values.map((value, round) => value - (none[round] ?? 0)),
    ]),
  );
}

function pick(results: ReadonlyMap<string, readonly RoundResult[]>, key: keyof RoundResult) {
  return new Map([...results].map(([variant, rounds]) => [variant, rounds.map((round) => round[key])]));
}
