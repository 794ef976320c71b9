/**
 * main.ts with fake apps, a fake viewer, a fake broker and no build: what tests start, interrupt and kill. FAKE_RACE_PORT
 * is given out once, to FAKE_RACE_FOR (`client`, `viewer`), although it is taken; FAKE_STOP_MS and FAKE_TRACE_MS shorten deadlines. FAKE_BUILD=kills-guardian
 * ends the guardian before the apps start; SIGUSR2 ends the broker.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@distrace/broker';
import { loadZipkin } from '../machinery.ts';
import type { Machinery } from '../machinery.ts';
import { parseOptions } from '../options.ts';
import { whenParentGoes } from '../parent.ts';
import { run } from '../run.ts';
import { listenForSignals } from '../signals.ts';
import { createTerminal } from '../terminal.ts';
import { guardianOf } from './guardian-of.ts';

const { env } = process;
const journal = (line: string) => appendFileSync(join(env['FAKE_DIR']!, 'journal'), `${line}\n`);
const numberOf = (name: string) => (env[name] === undefined ? undefined : Number(env[name]));
const options = parseOptions(process.argv.slice(2));
let racePort = numberOf('FAKE_RACE_PORT');
const raceFrom = env['FAKE_RACE_FOR'] === 'viewer' ? options.viewerPort : options.portBase;

const machinery: Machinery = {
  root: join(import.meta.dirname, '../../../..'),
  async build() {
    if (env['FAKE_BUILD'] === 'kills-guardian') {
      const guardian = guardianOf(process.pid)!;
      process.kill(guardian, 'SIGKILL');
      while (guardianOf(process.pid) !== undefined) await sleep(5);
    }
    return 'up to date';
  },
  findBroker: async () => ({
    url: 'amqp://someone:secret@127.0.0.1:5672',
    owner: 'local',
    description: 'a fake broker',
    lost: new Promise((resolve) => {
      process.once('SIGUSR2', () => resolve(new Error('the fake broker ended by itself')));
    }),
    stop: async () => journal('broker'),
  }),
  findPort: async (from) => {
    if (from.from !== raceFrom) return freePort(from);
    const port = racePort;
    racePort = undefined;
    return port ?? freePort(from);
  },
  entryOf: () => join(import.meta.dirname, 'fake-app.ts'),
  agent: join(import.meta.dirname, 'fake-agent.ts'),
  removeQueues: async (_url, prefix) => journal(`queues ${prefix.replace(/[\da-f]{8}/, 'X')}`),
  loadZipkin,
  readyDeadlineMs: numberOf('FAKE_READY_MS'),
  traceDeadlineMs: numberOf('FAKE_TRACE_MS'),
  appStopDeadlineMs: numberOf('FAKE_STOP_MS'),
};

const terminal = createTerminal(process.stdout, { env });
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const exitCode = await run(options, {
  machinery,
  terminal,
  complain: (text) => process.stderr.write(`${text}\n`),
  interruption: listenForSignals({
    on: (signal, listener) => process.on(signal, listener),
    onParentGone: (callback) => whenParentGoes(callback, { everyMs: 20 }),
    onFirst: (why) => terminal.line(`stopping (${why})`),
  }),
  env,
});
process.exit(exitCode);
