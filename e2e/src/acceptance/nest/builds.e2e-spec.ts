import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newQueue } from '../support/app.ts';
import { repliesConfirmed } from '../support/replies-confirmed.ts';
import { compileOrdersApp } from './compile.ts';
import { run } from './programs/orders-app.ts';
import { runFile } from './run-program.ts';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));

const EXPECTED = {
  answer: { left: 7 },
  tree: [
    'SERVER POST /orders',
    '  PRODUCER send QUEUE',
    '    CONSUMER process QUEUE',
    '      INTERNAL orders.place',
    '        INTERNAL Stock.take',
    '      INTERNAL Orders.confirm',
  ],
  attributes: [
    ['order.count', 3],
    ['order.seen', true],
  ],
};

let folder: string;
beforeAll(async () => {
  // Inside of the workspace: the programs find its packages.
  await mkdir(DIST, { recursive: true });
  folder = await mkdtemp(join(DIST, 'builds-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the same application, compiled', () => {
  it('33: by Oxc makes the spans expected', async () => {
    expect(await run(inject('amqpUrl'), newQueue(), repliesConfirmed)).toEqual(EXPECTED);
  });

  it.each(['tsc, ES module', 'tsc, CommonJS', 'SWC, ES module', 'SWC, CommonJS'] as const)(
    '33: by %s makes the same spans',
    async (build) => {
      const main = await compileOrdersApp(build, join(folder, build.replace(/\W+/g, '-')));
      const { stdout, stderr } = await runFile(main, [inject('amqpUrl'), newQueue()]);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual(EXPECTED);
    },
  );
});
