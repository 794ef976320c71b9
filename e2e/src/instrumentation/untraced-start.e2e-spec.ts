import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTrace } from '@distrace/start';
import type { Span } from '@distrace/zipkin';
import { expect, inject, it, onTestFinished } from 'vitest';
import { runOnce } from '../support/runner.ts';

it(
  'npm start -- --untraced --once: leaves the golden tree, and a second start weaves nothing',
  { timeout: 300_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'untraced-start-'));
    onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }));
    const out = join(folder, 't.json');
    const { code, output } = await runOnce(['--untraced', '--out', out], { AMQP_URL: inject('amqpUrl') });
    expect(code, output).toBe(0);
    const spans = JSON.parse(await readFile(out, 'utf8')) as Span[];
    const chunks = spans.filter(({ name }) => name === 'count words').length;
    expect(checkTrace(spans, { chunks, fromZipkin: true })).toEqual({ complete: true });
    const [, woven, again, cached] =
      /(\d+) files woven; second start: (\d+) woven, (\d+) from the cache/.exec(output) ?? [];
    expect(Number(woven)).toBeGreaterThan(0);
    expect(Number(again)).toBe(0);
    expect(Number(cached)).toBeGreaterThanOrEqual(Number(woven));
  },
);
