import { figure, quantile, type Row } from '../measure.ts';
import { Client, type Address } from './client.ts';
import { changed, realFiles, type AgentFile } from './files.ts';
import { startServer, type BenchServer } from './server.ts';

/** Processes that start at the same time. */
const AGENTS = 50;
/** Files that each of them asks for. */
const FILES_EACH = 40;
/** Connections of a load. */
const CONNECTIONS = 16;
const HITS = 20_000;

/** The instrumentation server: requests that hit and that miss, fifty processes at once, bytes on the wire. */
export async function instrServer(): Promise<Row[]> {
  await using server = await startServer();
  const files = realFiles();
  const rows: Row[] = [];
  await warmUp(server, files);
  rows.push(...(await misses(server, files)), ...(await hits(server, files)));
  rows.push(...(await fiftyStart(server, changed(files, 100).slice(0, FILES_EACH))));
  rows.push(...(await wire(server, files)));
  return rows;
}

async function warmUp(server: BenchServer, files: readonly AgentFile[]): Promise<void> {
  await load(server, changed(files, 0), (client, file) => client.instrument(file));
}

/** Each source is new: two requests, and the file is woven. */
async function misses(server: BenchServer, files: readonly AgentFile[]): Promise<Row[]> {
  const all = [1, 2, 3].flatMap((round) => changed(files, round));
  const { seconds, cpuSeconds, times } = await load(server, all, (client, file) => client.instrument(file));
  return [
    row('instr-server, miss', 'files woven', 'files/s', all.length / seconds),
    row('instr-server, miss', 'files woven', 'files/CPU s', all.length / cpuSeconds),
    row('instr-server, miss', 'a request, p99', 'ms', quantile(times, 0.99)),
  ];
}

async function hits(server: BenchServer, files: readonly AgentFile[]): Promise<Row[]> {
  const known = changed(files, 1);
  const all = Array.from({ length: HITS }, (_, i) => known[i % known.length]!);
  const { seconds, cpuSeconds, times } = await load(server, all, (client, file) => client.instrument(file));
  return [
    row('instr-server, hit', 'requests', 'requests/s', all.length / seconds),
    row('instr-server, hit', 'requests', 'requests/CPU s', all.length / cpuSeconds),
    row('instr-server, hit', 'a request, p50', 'ms', quantile(times, 0.5)),
    row('instr-server, hit', 'a request, p99', 'ms', quantile(times, 0.99)),
  ];
}

/** Nobody knows the files: all ask for all of them, and each is woven once. Then all start again. */
async function fiftyStart(address: Address, files: readonly AgentFile[]): Promise<Row[]> {
  const bench = `instr-server, ${AGENTS} processes start, ${files.length} files each`;
  const before = await countersOf(address);
  const cold = await startAll(address, async (client) => {
    await client.handshake();
    for (const file of files) await client.instrument(file);
  });
  const after = await countersOf(address);
  const warm = await startAll(address, async (client) => void (await client.handshake()));
  return [
    row(bench, 'cold: all are done', 'ms', cold.ms),
    row(bench, 'cold: a request, p99', 'ms', quantile(cold.times, 0.99)),
    row(bench, 'cold: woven', 'files', after['woven']! - before['woven']!),
    row(
      bench,
      'cold: sources sent',
      'KiB',
      (after['sourceBytesReceived']! - before['sourceBytesReceived']!) / 1024,
    ),
    row(bench, 'warm, by the pack: all are done', 'ms', warm.ms),
    row(bench, 'warm, by the pack: a request, p99', 'ms', quantile(warm.times, 0.99)),
  ];
}

/** What a start costs on the wire, for a service that needs all the files. */
async function wire(address: Address, files: readonly AgentFile[]): Promise<Row[]> {
  const client = new Client(address, 'wire');
  const bench = `instr-server, bytes on the wire, ${files.length} files`;
  const answers: number[] = [];
  for (const file of files) answers.push((await client.instrument(file)).bytes);
  const rows: Row[] = [];
  for (const encoding of ['identity', 'gzip', 'br', 'zstd']) {
    const { bytes } = await client.handshake({ 'accept-encoding': encoding });
    rows.push(row(bench, `handshake with bundle and pack, ${encoding}`, 'KiB', bytes / 1024));
  }
  client.close();
  const sources = files.map(({ text }) => Buffer.byteLength(text));
  return [
    ...rows,
    row(bench, 'all answers one by one', 'KiB', sum(answers) / 1024),
    row(bench, 'all sources', 'KiB', sum(sources) / 1024),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

interface Load {
  readonly seconds: number;
  /** Of the server, its threads included. */
  readonly cpuSeconds: number;
  readonly times: readonly number[];
}

/** Asks for all, over so many connections, as fast as answers come. */
async function load(
  server: BenchServer,
  all: readonly AgentFile[],
  ask: (client: Client, file: AgentFile) => Promise<unknown>,
): Promise<Load> {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client(server));
  // Each says who it is, so that the rate of one client is not that of all.
  for (const client of clients) await client.handshake();
  for (const client of clients) client.times.length = 0;
  const begunAt = performance.now();
  const cpuBefore = server.cpuSeconds() ?? NaN;
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (next < all.length) await ask(client, all[next++]!);
    }),
  );
  const seconds = (performance.now() - begunAt) / 1000;
  const cpuSeconds = (server.cpuSeconds() ?? NaN) - cpuBefore;
  for (const client of clients) client.close();
  return { seconds, cpuSeconds, times: clients.flatMap((client) => client.times) };
}

async function startAll(
  address: Address,
  start: (client: Client) => Promise<void>,
): Promise<{ readonly ms: number; readonly times: readonly number[] }> {
  const clients = Array.from({ length: AGENTS }, () => new Client(address, 'fifty'));
  const begunAt = performance.now();
  await Promise.all(clients.map(start));
  const ms = performance.now() - begunAt;
  for (const client of clients) client.close();
  return { ms, times: clients.flatMap((client) => client.times) };
}

async function countersOf(address: Address): Promise<Readonly<Record<string, number>>> {
  const client = new Client(address);
  const { body } = await client.ask('/v1/stats');
  client.close();
  return (JSON.parse(String(body)) as { counters: Record<string, number> }).counters;
}

function row(bench: string, variant: string, unit: string, value: number): Row {
  return figure(bench, { variant, unit, value });
}
