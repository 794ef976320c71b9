import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOrStartBroker, startGuardian } from '@distrace/broker';
import { PROTOCOL, WEAVER } from '@distrace/instrumentation/wire';
import { interleave, median, rowsOf } from '../measure.ts';
import type { MeasureOptions, Row } from '../measure.ts';
import { startClient } from './client-start.ts';
import type { Start } from './client-start.ts';
import { startWeaver } from './weaver.ts';
import type { Weaver } from './weaver.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const AGENT = here('../../../libs/agent/dist/register.js');
const SERVER = here('../../../apps/instr-server/dist/main.js');
const EXTENSION = here('../../../examples/untraced-extension');
const OTEL = here('./otel-peer.ts');
const SERVICE = 'client';

const NONE = 'no agent';
const PEER = 'OpenTelemetry, all instrumentations, ESM hook';

interface Variant {
  run(): Promise<Start>;
}

/** Starts of the untraced client up to its first answer: under the agent in each of its modes, and beside a peer. */
export async function agent({ rounds = 15 }: MeasureOptions = {}): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const guardian = startGuardian();
  stack.defer(() => guardian.close());
  const broker = await findOrStartBroker({ guardian, log: (line) => console.error(line) });
  stack.defer(() => broker.stop());
  const folder = await mkdtemp(join(tmpdir(), 'distrace-bench-agent-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));

  const variants = await makeVariants({ folder, amqpUrl: broker.url, stack });
  const samples = await interleave([...variants.keys()], {
    rounds,
    run: (name) => variants.get(name)!.run(),
  });
  return [
    ...table('agent, start', 'ms', samples, ({ millis }) => millis),
    ...table('agent, start', 'CPU ms', samples, ({ cpuMillis }) => cpuMillis),
    ...added(samples),
    ...table('agent, memory', 'MiB at most', samples, ({ rssMib }) => rssMib),
  ];
}

async function makeVariants({
  folder,
  amqpUrl,
  stack,
}: {
  readonly folder: string;
  readonly amqpUrl: string;
  readonly stack: AsyncDisposableStack;
}): Promise<ReadonlyMap<string, Variant>> {
  let runs = 0;
  const start = (flags: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    startClient(flags, { AMQP_URL: amqpUrl, QUEUE_PREFIX: `bench-agent-${process.pid}-`, ...env });
  const underAgent = (args: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) => {
    const all = {
      service: SERVICE,
      span_exporter: `disk(${folder}/spans.ndjson)`,
      timeout_ms: '5000',
      ...args,
    };
    const text = Object.entries(all).map(([key, value]) => `${key}=${value}`);
    return start(['--import', AGENT], { DISTRACE_ARGS: text.join(';'), ...env });
  };
  const fresh = async () => {
    const path = join(folder, `fresh-${(runs += 1)}`);
    await mkdir(path, { mode: 0o700 });
    return path;
  };
  const local = { server_entry: SERVER, extensions: EXTENSION };

  const warm = stack.use(await startWeaver(folder));
  const cache = await fresh();
  await underAgent(shared(warm, cache));
  await underAgent(shared(warm, cache));
  const pack = join(folder, 'client.pack');
  await writeFile(pack, await packOf(warm));
  const packCache = await fresh();
  const home = await fresh();

  return new Map<string, Variant>([
    [NONE, { run: () => start([]) }],
    [
      'passthrough',
      { run: () => underAgent({ connection: '127.0.0.1:9', public_key: warm.publicKey, cache_dir: folder }) },
    ],
    ['local, cold', { run: async () => underAgent(local, { XDG_CACHE_HOME: await fresh() }) }],
    ['local, warm', { run: () => underAgent(local, { XDG_CACHE_HOME: home }) }],
    [
      'shared, cold',
      {
        run: async () => {
          await using cold = await startWeaver(folder);
          return await underAgent(shared(cold, await fresh()));
        },
      },
    ],
    ['shared, warm, first on its machine', { run: async () => underAgent(shared(warm, await fresh())) }],
    ['shared, warm, second process', { run: () => underAgent(shared(warm, cache)) }],
    [
      'pack file',
      {
        run: () =>
          underAgent({ connection: `file:${pack}`, public_key: warm.publicKey, cache_dir: packCache }),
      },
    ],
    [
      PEER,
      {
        run: () =>
          start(['--import', OTEL], {
            OTEL_TRACES_EXPORTER: 'none',
            OTEL_METRICS_EXPORTER: 'none',
            OTEL_LOGS_EXPORTER: 'none',
            OTEL_SERVICE_NAME: SERVICE,
          }),
      },
    ],
  ]);
}

/** Arguments of the agent for a server that others share. */
function shared({ port, publicKey }: Weaver, cache: string): Readonly<Record<string, string>> {
  return {
    connection: `127.0.0.1:${port}`,
    public_key: publicKey,
    cache_dir: cache,
  };
}

/** What `distrace pack build` writes as well: the answer of a handshake of a process that has nothing. */
async function packOf({ port }: Weaver): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/handshake`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      agent: {
        protocol: PROTOCOL,
        agentId: '0123456789abcdef',
        agentVersion: '0.1.0',
        weaver: WEAVER,
        service: SERVICE,
        node: process.version,
        pid: process.pid,
        mode: 'shared',
        serial: 0,
        rulesHash: '',
        woven: 0,
        missed: 0,
      },
      have: {},
    }),
  });
  return await response.text();
}

type Samples = ReadonlyMap<string, readonly Start[]>;

function table(
  bench: string,
  unit: string,
  samples: Samples,
  value: (start: Start) => number | undefined,
): Row[] {
  const values = new Map(
    [...samples].map(([name, all]) => [name, all.map((one) => value(one) ?? Number.NaN)]),
  );
  return [...values.values()].flat().some(Number.isNaN) ? [] : rowsOf(bench, { unit, samples: values });
}

/** What is added to a start without an agent, the peer's first: the others are compared to it. */
function added(samples: Samples): Row[] {
  const medianOf = (name: string) => median((samples.get(name) ?? []).map(({ millis }) => millis));
  const names = [PEER, ...[...samples.keys()].filter((name) => name !== PEER && name !== NONE)];
  const values = new Map(names.map((name) => [name, [medianOf(name) - medianOf(NONE)]]));
  return rowsOf('agent, added to a start', { unit: 'ms', samples: values });
}
