import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGuardian } from './guardian.ts';
import type { Guardian } from './guardian.ts';
import { makeNodeFolder, startEpmd, startNode } from './node-process.ts';
import { freePorts } from './ports.ts';
import { processesOf } from './testing/left-overs.ts';
import { useScratch } from './testing/scratch.ts';
import type { Scratch } from './testing/scratch.ts';

let scratch: Scratch;
let guardian: Guardian;

beforeEach(() => {
  scratch = useScratch();
  guardian = startGuardian();
});

afterEach(async () => {
  await guardian.close();
  scratch.restore();
});

/** A node whose two programs are this shell text. */
async function prepare(text: string) {
  const program = join(scratch.folder, 'program');
  writeFileSync(program, `#!/bin/sh\n${text}\n`);
  chmodSync(program, 0o755);
  const [amqp = 0, distribution = 0, epmd = 0] = await freePorts(3);
  const settings = {
    folder: makeNodeFolder(guardian),
    name: 'x@localhost',
    ports: { amqp, distribution, epmd },
  };
  const abort = new AbortController();
  const installation = { server: program, epmd: program };
  const context = { installation, guardian, log: () => undefined, signal: abort.signal };
  return { settings, context, abort, program };
}

describe.runIf(process.platform !== 'win32')('start of a private node', () => {
  it('fails with what the program said when that ends', async () => {
    const { settings, context } = await prepare('echo "cannot find Erlang"; exit 1');
    for (const start of [startEpmd, startNode]) {
      await expect(start(settings, context)).rejects.toMatchObject({
        code: 'DT_ERR_NODE_START',
        message: expect.stringContaining('cannot find Erlang'),
      });
    }
  });

  it('when aborted ends what it had started and says why', async () => {
    const { settings, context, abort, program } = await prepare('exec sleep 60');
    for (const start of [startEpmd, startNode]) {
      const starting = start(settings, context);
      abort.abort(new Error('no longer wanted'));
      await expect(starting).rejects.toThrow('no longer wanted');
    }
    await expect.poll(() => processesOf(program), { timeout: 10_000 }).toEqual([]);
    await guardian.close();
    expect(processesOf(scratch.folder)).toEqual([]);
  });

  it('leaves neither process nor folder when the guardian has gone', async () => {
    const { settings, context, program } = await prepare('exec sleep 60');
    const left = readdirSync(scratch.folder);
    const closed = startGuardian();
    await closed.close();
    const gone = expect.objectContaining({ code: 'DT_ERR_GUARDIAN_GONE' });
    expect(() => makeNodeFolder(closed)).toThrow(gone);
    expect(readdirSync(scratch.folder)).toEqual(left);
    await expect(startNode(settings, { ...context, guardian: closed })).rejects.toThrow(gone);
    await expect.poll(() => processesOf(program), { timeout: 10_000 }).toEqual([]);
  });

  it('fails when the program cannot be started', async () => {
    const { settings, context } = await prepare('');
    const missing = { ...context, installation: { server: '/nowhere/x', epmd: '/nowhere/x' } };
    await expect(startNode(settings, missing)).rejects.toMatchObject({ code: 'DT_ERR_NODE_START' });
  });
});
