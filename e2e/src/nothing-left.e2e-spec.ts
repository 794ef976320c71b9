import { connect } from 'node:net';
import { access } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { processesNaming } from './support/remains.ts';
import { startRunner } from './support/runner.ts';
import type { Runner } from './support/runner.ts';

/** What a run on a private broker has on the machine: its folder, and the ports of broker, apps and viewer. */
async function inventory(runner: Runner) {
  await runner.printed(/Ctrl-C stops/);
  const folder = await runner.printed(/data\s+(\/\S+)\n/);
  const amqp = await runner.printed(/RabbitMQ\s+amqp:\/\/[^@]*@127\.0\.0\.1:(\d+)\n/);
  const health = /health\s+(.+)\n/.exec(runner.output())?.[1] ?? '';
  const ports = [...health.matchAll(/:(\d+)\//g)].map((match) => Number(match[1]));
  expect(ports).toHaveLength(3);
  const viewer = await runner.printed(/traces\s+http:\/\/127\.0\.0\.1:(\d+)\/zipkin\/\n/);
  return { folder, ports: [Number(amqp), ...ports, Number(viewer)] };
}

async function expectNothingLeft({ folder, ports }: Awaited<ReturnType<typeof inventory>>): Promise<void> {
  await vi.waitFor(
    async () => {
      await expect(access(folder)).rejects.toThrow();
      expect(await processesNaming(folder)).toEqual([]);
      for (const port of ports) expect(await answers(port), `port ${port}`).toBe(false);
      for (const port of ports) expect(await processesNaming(`127.0.0.1:${port}`)).toEqual([]);
    },
    { timeout: 20_000, interval: 100 },
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

// Without AMQP_URL the run starts a broker of its own unless one answers on the default port.
const OWN_BROKER = { AMQP_URL: '' };

describe('a run on its own broker', () => {
  it('stops in order on SIGTERM and leaves nothing', async () => {
    await using runner = startRunner([], OWN_BROKER);
    const things = await inventory(runner);
    runner.child.kill('SIGTERM');
    const { code, output } = await runner.ended();
    expect(code, output).toBe(0);
    await expectNothingLeft(things);
  });

  it('leaves nothing after SIGKILL of the runner', async () => {
    await using runner = startRunner([], OWN_BROKER);
    const things = await inventory(runner);
    runner.child.kill('SIGKILL');
    await runner.ended();
    await expectNothingLeft(things);
  });
});
