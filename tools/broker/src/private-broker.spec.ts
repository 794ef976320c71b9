import { connect } from 'amqplib';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localBroker } from './find-or-start.ts';
import { startGuardian } from './guardian.ts';
import type { Guardian } from './guardian.ts';
import { isPortFree } from './ports.ts';
import { listProcesses } from './process-table.ts';
import { startPrivateBroker } from './private-broker.ts';
import type { PrivateBroker } from './private-broker.ts';
import { listeningAddresses, processesOf } from './testing/left-overs.ts';
import { useScratch } from './testing/scratch.ts';
import type { Scratch } from './testing/scratch.ts';

const queue = 'tasks';
const onLinux = process.platform === 'linux';
// Of what carries the scratch folder's name; elsewhere than on Linux we cannot look.
const guardianOnly = onLinux ? 1 : 0;
const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let scratch: Scratch;
const started: ChildProcess[] = [];
let guardian: Guardian;
let first: PrivateBroker;
let second: PrivateBroker;

beforeAll(async () => {
  scratch = useScratch();
  guardian = startGuardian();
  // Both at the same time: two suites on one machine must not meet.
  [first, second] = await Promise.all([startPrivateBroker({ guardian }), startPrivateBroker({ guardian })]);
}, 90_000);

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await guardian?.close();
  scratch?.restore();
});

async function send(url: string, text: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 },
  });
  channel.sendToQueue(queue, Buffer.from(text), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

async function receive(url: string): Promise<string | undefined> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const message = await channel.get(queue, { noAck: true });
  await connection.close();
  return message === false ? undefined : message.content.toString();
}

describe('two private nodes', { timeout: 60_000 }, () => {
  it('each lets its own messages through a quorum queue, confirmed', async () => {
    expect(first.port).not.toBe(second.port);
    await send(first.url, 'to the first');
    await send(second.url, 'to the second');
    expect(await receive(first.url)).toBe('to the first');
    expect(await receive(second.url)).toBe('to the second');
  });

  it.runIf(onLinux)('listen on loopback only: AMQP, distribution and epmd', () => {
    const addresses = listeningAddresses(processesOf(scratch.folder));
    expect(addresses).toContain(`127.0.0.1:${first.port}`);
    expect(addresses.length).toBeGreaterThanOrEqual(6);
    expect(addresses.filter((address) => !/^(127\.0\.0\.1|\[::1\]):\d+$/.test(address))).toEqual([]);
  });

  it('the command prints the URL and leaves at SIGINT', async () => {
    const child = spawn(process.execPath, [script('main.ts')], {
      env: { ...process.env, AMQP_URL: second.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const exit = once(child, 'exit');
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toBe(`${second.url}\n`);
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    expect(errors.join('')).not.toContain('guest');
    await send(second.url, 'it still runs');
  });

  it('a durable message survives halt and restart on the same port', async () => {
    await send(first.url, 'kept');
    await first.halt();
    expect(await isPortFree(first.port)).toBe(true);
    expect(await localBroker(first.port)).toContain('the connection was refused');
    await first.restart();
    expect(await receive(first.url)).toBe('kept');
  });

  it('a confirmed message survives kill', async () => {
    await send(second.url, 'kept');
    await second.kill();
    await expect.poll(() => isPortFree(second.port), { timeout: 10_000 }).toBe(true);
    await second.restart();
    expect(await receive(second.url)).toBe('it still runs');
    expect(await receive(second.url)).toBe('kept');
  });

  it('none of that counts as lost', async () => {
    expect(await Promise.race([first.lost, second.lost, 'not lost'])).toBe('not lost');
  });

  it('stop leaves no process, no port and no folder, and may be repeated', async () => {
    await Promise.all([first.stop(), second.stop(), first.stop()]);
    await first.stop();
    // Helpers of the node go by themselves when their pipe ends, a moment later.
    await expect.poll(() => processesOf(scratch.folder).length, { timeout: 10_000 }).toBe(guardianOnly);
    expect(readdirSync(scratch.folder)).toEqual([]);
    expect(await isPortFree(first.port)).toBe(true);
    await expect(first.restart()).rejects.toMatchObject({ code: 'DT_ERR_NODE_STOPPED' });
  });
});

describe('a private node that goes by itself', { timeout: 60_000 }, () => {
  it.runIf(onLinux)('says so, with the reason', async () => {
    const before = new Set(processesOf(scratch.folder));
    const broker = await startPrivateBroker({ guardian });
    for (const { pid, command } of listProcesses()) {
      if (command.startsWith('beam') && !before.has(pid) && processesOf(scratch.folder).includes(pid)) {
        process.kill(pid, 'SIGKILL');
      }
    }
    const lost = (await broker.lost) as Error & { readonly code: string };
    expect(lost.code).toBe('DT_ERR_NODE_GONE');
    expect(lost.message).toContain(`127.0.0.1:${broker.port} ended by itself (`);
    await broker.stop();
    expect(readdirSync(scratch.folder)).toEqual([]);
  });
});

describe('a private node whose owner goes', { timeout: 60_000 }, () => {
  it.runIf(onLinux)('is gone after a SIGKILL of its owner: processes, port and folder', async () => {
    const owner = spawn(process.execPath, [script('testing/hold-broker.ts')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(owner);
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { url, port } = JSON.parse(line.toString()) as { url: string; port: number };
    await send(url, 'it runs');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await expect
      .poll(() => processesOf(scratch.folder).length, { timeout: 20_000, interval: 50 })
      .toBe(guardianOnly);
    expect(readdirSync(scratch.folder)).toEqual([]);
    expect(await isPortFree(port)).toBe(true);
  });

  it('leaves nothing when its start is aborted', async () => {
    const abort = new AbortController();
    const log = (line: string) =>
      line.startsWith('starting') && setTimeout(() => abort.abort(new Error('no more')), 300);
    await expect(startPrivateBroker({ guardian, log, signal: abort.signal })).rejects.toThrow('no more');
    await expect.poll(() => processesOf(scratch.folder).length, { timeout: 10_000 }).toBe(guardianOnly);
    expect(readdirSync(scratch.folder)).toEqual([]);
  });
});
