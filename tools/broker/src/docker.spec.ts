import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reachableAddress, startDockerBroker } from './docker.ts';
import type { RunResult } from './run.ts';
import { startFakeBroker } from './testing/fake-server.ts';
import { useScratch } from './testing/scratch.ts';
import type { Scratch } from './testing/scratch.ts';

let scratch: Scratch;

beforeEach(() => {
  scratch = useScratch();
});

afterEach(() => scratch.restore());

/** A Docker that answers from a table; what is not in it succeeds without a word. */
function fakeDocker(answers: Readonly<Record<string, RunResult>>) {
  const calls: string[] = [];
  const docker = async (args: readonly string[]): Promise<RunResult> => {
    const call = args.join(' ');
    calls.push(call);
    return Object.entries(answers).find(([start]) => call.startsWith(start))?.[1] ?? { code: 0, output: '' };
  };
  const start = () => startDockerBroker({ log: () => undefined, folder: scratch.folder, docker });
  return { calls, start };
}

const writeComposeFile = () => writeFileSync(join(scratch.folder, 'compose.yaml'), 'services: {}\n');
const up = 'compose up -d rabbitmq';
const stop = 'compose stop rabbitmq';

describe('startDockerBroker', () => {
  it('says why not without a compose file, and asks no Docker then', async () => {
    const { calls, start } = fakeDocker({});
    expect(await start()).toBe('no compose file for Docker');
    expect(calls).toEqual([]);
  });

  it('says why not without an engine', async () => {
    writeComposeFile();
    const { calls, start } = fakeDocker({ info: { code: 1, output: 'Cannot connect' } });
    expect(await start()).toBe('no Docker engine answers');
    expect(calls).toHaveLength(1);
  });

  it('starts the service, finds its port and stops it once', async () => {
    writeComposeFile();
    await using server = await startFakeBroker('guest');
    const { calls, start } = fakeDocker({ 'compose port': { code: 0, output: `0.0.0.0:${server.port}\n` } });
    const broker = await start();
    expect(broker).toMatchObject({ owner: 'docker', url: `amqp://guest:guest@127.0.0.1:${server.port}` });
    if (typeof broker === 'string') return;
    await broker.stop();
    await broker.stop();
    expect(calls.filter((call) => call === up || call === stop)).toEqual([up, stop]);
  });

  it('does not stop a service that ran before', async () => {
    writeComposeFile();
    await using server = await startFakeBroker('guest');
    const { calls, start } = fakeDocker({
      'compose ps': { code: 0, output: '0123abc\n' },
      'compose port': { code: 0, output: `127.0.0.1:${server.port}\n` },
    });
    const broker = await start();
    if (typeof broker !== 'string') await broker.stop();
    expect(calls).not.toContain(stop);
  });

  it('takes a start back that fails', async () => {
    writeComposeFile();
    const { calls, start } = fakeDocker({ [up]: { code: 1, output: 'pull access denied' } });
    await expect(start()).rejects.toMatchObject({
      code: 'DT_ERR_DOCKER',
      message: expect.stringContaining('pull access denied'),
    });
    expect(calls.at(-1)).toBe(stop);
  });
});

describe('reachableAddress', () => {
  it.each([
    ['0.0.0.0:5673\n', '127.0.0.1:5673'],
    ['127.0.0.1:32768', '127.0.0.1:32768'],
    ['[::]:5672', '127.0.0.1:5672'],
    [':0', undefined],
    ['', undefined],
  ])('makes %j into %j', (published, address) => {
    expect(reachableAddress(published)).toBe(address);
  });
});
