import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeV2 } from '@distrace/zipkin';
import { findZipkin, startZipkin } from '@distrace/zipkin-server';
import { interleave, rowsOf } from '../measure.ts';
import type { Row } from '../measure.ts';
import { startLoad } from './load.ts';
import { bigTrace } from './spans.ts';
import { startViewerProcess } from './viewer-process.ts';

const SPANS = 20_000;
const ROUNDS = 11;
const READS = 10;
/** A JVM compiles what it has seen ten thousand times. */
const WARM_UP_ROUNDS = 12;
const TRACE = '7'.padStart(32, '0');
const TRACE_SPANS = 10_000;
/** Java keeps objects: more would not fit into the 512 MB it gets. Both forget, so both are measured when full. */
const SETTINGS = { MEM_MAX_SPANS: '100000' };
/** Finding and writing the trace is what is compared, not two ways to gzip it. */
const NOT_PACKED = { 'accept-encoding': 'identity' };
const TICK_MILLIS = 10;

interface Server {
  readonly url: string;
  cpuMillis(): Promise<number> | number;
}

/** Our viewer and the real Zipkin, both with their store in memory, on the same spans in turns; no rows where there is none. */
export async function besideZipkinRows(log: (line: string) => void): Promise<Row[]> {
  const found = findZipkin();
  if (found.how === 'none') {
    log(`The real Zipkin is not beside the viewer: ${found.why}`);
    return [];
  }
  if (found.how === 'url') {
    log(
      'The real Zipkin is not beside the viewer: its CPU time can be read only where the bench starts it. Unset ZIPKIN_URL.',
    );
    return [];
  }
  await using load = await startLoad();
  await using viewer = await startViewerProcess(SETTINGS);
  await using zipkin = await startZipkin(found, { env: SETTINGS });
  const { pid } = zipkin;
  const servers = new Map<string, Server>([
    ['zipkin', { url: zipkin.url, cpuMillis: () => cpuMillisOf(pid!) }],
    ['viewer', viewer],
  ]);
  const rows: Row[] = [];
  const compare = async (
    bench: string,
    work: (server: Server) => Promise<Readonly<Record<string, number>>>,
  ) => {
    for (let i = 0; i < WARM_UP_ROUNDS; i++) for (const server of servers.values()) await work(server);
    const samples = await interleave([...servers.keys()], {
      rounds: ROUNDS,
      run: (name) => work(servers.get(name)!),
    });
    for (const unit of Object.keys(samples.get('zipkin')![0]!)) {
      const ofUnit = new Map(
        [...samples].map(([name, all]) => [name, all.map((one) => one[unit]!)] as const),
      );
      rows.push(...rowsOf(bench, { unit, samples: ofUnit }));
    }
  };
  await compare('viewer, ingest beside Zipkin', async (server) => {
    await load.ask({ kind: 'prepare', source: 'deployment', spans: SPANS });
    const cpu = await server.cpuMillis();
    const { seconds } = await load.ask({ kind: 'send', url: server.url, inFlight: 4 });
    const used = (await settledCpuMillis(server)) - cpu;
    return { 'CPU µs/span': (used * 1000) / SPANS, 'spans/s': SPANS / seconds };
  });
  for (const { url } of servers.values()) await postBigTrace(url);
  await compare('viewer, trace of 10,000 spans beside Zipkin', async (server) => {
    const cpu = await server.cpuMillis();
    const began = performance.now();
    for (let i = 0; i < READS; i++) {
      const answer = await fetch(`${server.url}/api/v2/trace/${TRACE}`, { headers: NOT_PACKED });
      const text = await answer.text();
      if (!answer.ok || text.length < TRACE_SPANS)
        throw new Error(`the trace must be there: ${answer.status}`);
    }
    const millis = performance.now() - began;
    return { 'CPU ms/read': ((await settledCpuMillis(server)) - cpu) / READS, 'ms/read': millis / READS };
  });
  return rows;
}

async function postBigTrace(url: string): Promise<void> {
  const spans = bigTrace(TRACE_SPANS, { traceId: TRACE, start: Date.now() * 1000 - 120_000_000 });
  for (let at = 0; at < spans.length; at += 2000) {
    const { status } = await fetch(`${url}/api/v2/spans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: encodeV2(spans.slice(at, at + 2000)),
    });
    if (status !== 202) throw new Error(`spans must be answered with 202, instead came ${status}`);
  }
}

/** Zipkin answers before it has stored: what it does then counts too, until it has done nothing for a while. */
async function settledCpuMillis(server: Server): Promise<number> {
  let last = await server.cpuMillis();
  for (let looks = 0; looks < 20; looks++) {
    await sleep(100);
    const now = await server.cpuMillis();
    if (now - last < TICK_MILLIS) return now;
    last = now;
  }
  return last;
}

/** The name, second of the fields, may hold blanks; user and system time are the 14th and 15th. */
function cpuMillisOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MILLIS;
}
