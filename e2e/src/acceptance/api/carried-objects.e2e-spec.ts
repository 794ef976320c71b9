import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSpool } from '@distrace/start';
import { TraceContext } from '@distrace/tracing';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import type { Span } from '@distrace/zipkin';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askFarService } from './far.ts';

let tracing: TracingHarness;
let folder: string;
beforeEach(async () => {
  tracing = createTracingHarness();
  folder = await mkdtemp(join(tmpdir(), 'carried-objects-'));
});
afterEach(async () => {
  await tracing.close();
  await rm(folder, { recursive: true });
});

/** Hands the task to another process, which works in a span of its own; answers that span, too. */
async function handOver(task: object) {
  const file = join(folder, 'far.ndjson');
  const answer = await askFarService({ exporter: `disk(${file})`, task });
  const { spans } = parseSpool(await readFile(file, 'utf8'), 'far.ndjson');
  expect(spans).toHaveLength(1);
  return { ...answer, span: spans[0] as Span };
}

it('38: a trace attached to an object goes through JSON into another process, and its answer back', async () => {
  const tc = TraceContext.create();
  const span = tc.openNestedSpan('Main Client Span').addFlag('express');
  span.setBinaryAnnotation('task.bytes', 1783, { carried: true });
  const task = { text: 'one two' };
  tc.attachOnObject(task);

  const far = await handOver(task);
  expect(far).toMatchObject({
    traceId: tc.getTraceId(),
    spanId: span.spanId,
    flags: ['express'],
    bytes: 1783,
    span: {
      traceId: tc.getTraceId(),
      parentId: span.spanId,
      name: 'Executor span',
      localEndpoint: { serviceName: 'far', ipv4: '10.1.2.3', port: 4000 },
    },
  });

  // The answer speaks of the span over there: what happens next stands below it.
  const back = TraceContext.getFromObject(far.result);
  expect(back.getTraceId()).toBe(tc.getTraceId());
  expect(back.getCurrentSpan().spanId).toBe(far.span.id);
  tc.closeCurrentSpan();
});

it('38: a frozen object keeps its trace in this process, is not written to, and is a new trace elsewhere', async () => {
  const tc = TraceContext.create();
  tc.openNestedSpan('here');
  const task = Object.freeze({ text: 'x' });
  expect(tc.attachOnObject(task)).toBe(tc);
  expect(TraceContext.getFromObject(task)).toBe(tc);
  expect(JSON.stringify(task)).toBe('{"text":"x"}');

  const far = await handOver(task);
  expect(far.span.traceId).not.toBe(tc.getTraceId());
  expect(far.span.parentId).toBeUndefined();
  tc.closeCurrentSpan();
});

it('38: of two traces attached to one object the later one counts, here and in another process', async () => {
  const [first, second] = [TraceContext.create(), TraceContext.create()];
  first.openNestedSpan('first');
  second.openNestedSpan('second');
  const task = { text: 'x' };
  first.attachOnObject(task).attachOnObject(task);
  expect(TraceContext.getFromObject(task)).toBe(first);
  second.attachOnObject(task);
  expect(TraceContext.getFromObject(task)).toBe(second);
  expect(Object.keys(task)).toEqual(['text', 'distrace']);

  const far = await handOver(task);
  expect(far.span.traceId).toBe(second.getTraceId());
  expect(far.span.parentId).toBe(second.getCurrentSpan().spanId);
  first.closeCurrentSpan();
  second.closeCurrentSpan();
});
