import type { Span } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { checkTrace } from './check-trace.ts';
import { goldenSpans } from './testing/golden-spans.ts';

const check = (spans: readonly Span[], options = {}) => checkTrace(spans, { chunks: 3, ...options });

/** The golden trace with one span changed. */
const changed = (name: string, change: (span: Span) => Partial<Span>) =>
  goldenSpans().map((span) => (span.name === name ? { ...span, ...change(span) } : span));
const later = (ms: number) => (span: Span) => ({ timestamp: span.timestamp! + ms * 1_000 });
const withoutTag = (key: string) => (span: Span) => ({
  tags: Object.fromEntries(Object.entries(span.tags!).filter(([one]) => one !== key)),
});
const missing = (...texts: string[]) => ({ complete: false, missing: texts, unexpected: [] });
const unexpected = (...texts: string[]) => ({ complete: false, missing: [], unexpected: texts });

describe('the golden tree', () => {
  it('is complete in any order of its spans', () => {
    expect(check(goldenSpans())).toEqual({ complete: true });
    expect(check(goldenSpans().toReversed())).toEqual({ complete: true });
    expect(checkTrace(goldenSpans({ chunks: 5 }), { chunks: 5 })).toEqual({ complete: true });
  });

  it('is complete as Zipkin gives it back, names in lower case, only when that is said', () => {
    const spans = goldenSpans().map((span) => ({ ...span, name: span.name!.toLowerCase() }));
    expect(check(spans, { fromZipkin: true })).toEqual({ complete: true });
    expect(check(spans)).toMatchObject({ complete: false });
    const late = spans.map((span) =>
      span.name === 'exporter span' ? { ...span, duration: span.duration! + 3_000 } : span,
    );
    expect(check(late, { fromZipkin: true })).toEqual(
      unexpected('the end of "exporter span" comes 2000 µs after the start of "send notifications"'),
    );
  });

  it('lacks a span, named with its service', () => {
    const spans = goldenSpans().filter(({ name }) => name !== 'save task');
    expect(check(spans)).toEqual(missing('exporter "save task" (0 spans of 1)'));
  });

  it('lacks a worker when there are fewer than chunks, and always wants two', () => {
    expect(checkTrace(goldenSpans({ chunks: 2 }), { chunks: 3 })).toEqual(
      missing('executor "count words" (2 spans of 3)'),
    );
    expect(checkTrace(goldenSpans({ chunks: 1 }), { chunks: 1 })).toEqual(
      missing('executor "count words" (1 span of 2)'),
    );
  });

  it('is not complete with nothing', () => {
    expect(check([])).toMatchObject({ complete: false, unexpected: [] });
  });

  it('does not call a parent wrong that has only not arrived', () => {
    const spans = goldenSpans().filter(({ name }) => name !== 'process results');
    expect(check(spans)).toEqual(missing('exporter "process results" (0 spans of 1)'));
  });

  it('waits for the end of an open span', () => {
    expect(check(changed('Main Client Span', () => ({ duration: undefined })))).toEqual(
      missing('the end of client "Main Client Span"'),
    );
  });

  it.each([
    [
      'annotation tskPreprocessed',
      'Main Client Span',
      (span: Span) => ({ annotations: span.annotations!.slice(0, 1) }),
    ],
    ['tag task.bytes', 'Main Client Span', withoutTag('task.bytes')],
    ['tag stacktrace.open', 'Main Client Span', withoutTag('stacktrace.open')],
    ['tag stacktrace.close', 'Main Client Span', withoutTag('stacktrace.close')],
  ])('has no span without %s', (what, name, change) => {
    expect(check(changed(name, change))).toEqual(unexpected(`client "${name}" has no ${what}`));
  });

  it('has no worker without thread.id', () => {
    const spans = changed('count words', withoutTag('thread.id'));
    expect(check(spans)).toEqual(
      unexpected(...Array.from({ length: 3 }, () => 'executor "count words" has no tag thread.id')),
    );
  });

  it.each([
    [
      'a kind',
      changed('save task', () => ({ kind: undefined })),
      'exporter "save task" is INTERNAL, not CLIENT',
    ],
    [
      'a parent',
      changed('send results', (span) => ({
        parentId: goldenSpans().find(({ id }) => id === span.parentId)!.parentId,
      })),
      'executor "send results" stands under executor "process tasks", not under "Executor span"',
    ],
    [
      'a second root',
      changed('process tasks', () => ({ parentId: undefined })),
      'executor "process tasks" is a root, not under "send tasks"',
    ],
    [
      'a span twice',
      [...goldenSpans(), { ...goldenSpans()[0]!, id: 'ff' }],
      'client "POST /tasks" 2 times, not 1',
    ],
    [
      'a stranger',
      [...goldenSpans(), { ...goldenSpans()[0]!, id: 'ff', name: 'GET' }],
      'client "GET" (1 span) has no place in the tree',
    ],
    [
      'a flag in a tag',
      changed('Executor span', (span) => ({ tags: { ...span.tags, 'baggage.Top-Words': '1' } })),
      `executor "Executor span" shows a flag ('top-words')`,
    ],
    [
      'a flag in an annotation',
      changed('send tasks', (span) => ({
        annotations: [{ timestamp: span.timestamp!, value: 'flags set' }],
      })),
      `client "send tasks" shows a flag ('flag')`,
    ],
    [
      'a notification before the saving ended',
      changed('Exporter span', ({ duration }) => ({ duration: duration! + 3_000 })),
      'the end of "Exporter span" comes 2000 µs after the start of "send notifications"',
    ],
    [
      'a worker that outlives the Executor span',
      changed('count words', (span) => (span.id.endsWith('2') ? { duration: 32_000 } : {})),
      'the end of "count words" comes 2000 µs after the end of "Executor span"',
    ],
    [
      'a request that ends before its task',
      changed('POST /tasks', () => ({ duration: 80_000 })),
      'the end of "Main Client Span" comes 10000 µs after the end of "POST /tasks"',
    ],
    [
      'a main span that does not wait for the notification',
      changed('process notifications', later(10)),
      'the start of "process notifications" comes 4000 µs after the end of "Main Client Span"',
    ],
    [
      'a task processed before it is sent',
      changed('process tasks', later(-8)),
      'executor "process tasks" starts 3000 µs before its parent',
    ],
  ])('does not have %s', (_what, spans, text) => {
    expect(check(spans)).toEqual(unexpected(text));
  });

  it('allows the millisecond that the SDK cuts off a start', () => {
    const spans = changed('Exporter span', ({ duration }) => ({ duration: duration! + 2_000 }));
    expect(check(spans)).toEqual({ complete: true });
    expect(check(spans, { toleranceMicros: 0 })).toMatchObject({ complete: false });
  });

  it('lets the request end first when the client answered 202', () => {
    const spans = changed('POST /tasks', () => ({ duration: 20_000 }));
    expect(check(spans, { answered: false })).toEqual({ complete: true });
  });

  it('lets a stack trace name a file about flags', () => {
    const spans = changed('Executor span', (span) => ({
      tags: { ...span.tags, 'stacktrace.open': 'at countTop (top-words.js:3:1)' },
    }));
    expect(check(spans)).toEqual({ complete: true });
  });
});
