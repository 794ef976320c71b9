import { Agent, request } from 'node:http';
import { findOrStartBroker, startGuardian } from '@distrace/broker';
import { startCollector } from './collector.ts';
import { startDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { interleave, rowsOf } from './measure.ts';
import type { MeasureOptions, Row } from './measure.ts';

const IN_FLIGHT = 16;
/** About 2 kB: three to four chunks of work. */
const TEXT = 'It was the best of times, it was the worst of times, it was the age of wisdom. '.repeat(25);

/** As the library is unless told otherwise; the reference services take two stacks a span. */
const LEAN = { DISTRACE_STACK_TRACES: 'false' };

interface Sample {
  readonly perSecond: number;
  readonly p99Millis: number;
  readonly cpuMillis: number | undefined;
}

/**
 * Tasks through the whole reference deployment, over HTTP and a real broker, with tracing off and on. The
 * deployments stand side by side and take turns.
 */
export async function task({ times = 200, rounds = 7 }: MeasureOptions = {}): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const guardian = startGuardian();
  stack.defer(() => guardian.close());
  const broker = await findOrStartBroker({ guardian, log: (line) => console.error(line) });
  stack.defer(() => broker.stop());
  const collector = stack.use(await startCollector());
  const environments = new Map<string, Readonly<Record<string, string>>>([
    ['off', { OTEL_SDK_DISABLED: 'true' }],
    ['on, disk', { ...LEAN, DISTRACE_EXPORTER: 'disk({folder}/{app}.ndjson)' }],
    ['on, directZipkin', { ...LEAN, DISTRACE_EXPORTER: `directZipkin(${collector.url})` }],
    ['on, disk, stack traces', { DISTRACE_EXPORTER: 'disk({folder}/{app}.ndjson)' }],
  ]);
  const deployments = new Map<string, Deployment>();
  for (const [name, env] of environments) {
    deployments.set(name, stack.use(await startDeployment({ guardian, amqpUrl: broker.url, env })));
  }
  const samples = await interleave([...environments.keys()], {
    rounds,
    run: (name) => oneRound(deployments.get(name)!, times),
  });
  const rows = (unit: string, value: (sample: Sample) => number | undefined): Row[] => {
    const values = [...samples].map(
      ([name, all]) => [name, all.map((one) => value(one) ?? Number.NaN)] as const,
    );
    const isKnown = values.every(([, all]) => all.every((one) => !Number.isNaN(one)));
    return isKnown ? rowsOf('task', { unit, samples: new Map(values) }) : [];
  };
  return [
    ...rows('tasks/s', ({ perSecond }) => perSecond),
    ...rows('p99 ms', ({ p99Millis }) => p99Millis),
    ...rows('CPU ms/task', ({ cpuMillis }) => cpuMillis),
  ];
}

async function oneRound(deployment: Deployment, times: number): Promise<Sample> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const latencies: number[] = [];
  const cpu = deployment.cpuMillis();
  const start = performance.now();
  let next = 0;
  const lane = async () => {
    while (next++ < times) {
      const sent = performance.now();
      await submit(deployment.url, agent);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  const sorted = latencies.toSorted((a, b) => a - b);
  const after = deployment.cpuMillis();
  return {
    perSecond: times / seconds,
    p99Millis: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0,
    cpuMillis: cpu === undefined || after === undefined ? undefined : (after - cpu) / times,
  };
}

/** Resolves when the client answers with the result. */
function submit(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/tasks`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': TEXT.length },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => {
      answer.on('error', reject).on('end', () => {
        if (answer.statusCode === 201) resolve();
        else reject(new Error(`POST /tasks must answer 201, instead came ${answer.statusCode}`));
      });
      answer.resume();
    });
    outgoing.end(TEXT);
  });
}
