import { describe, expect, it } from 'vitest';
import { createTracez } from './tracez.spec.helper.js';

describe('a trace', () => {
  it('N34: has all its spans of all names, running or ended, a parent above its children', () => {
    const { start, end, ask, clock, run } = createTracez();
    const root = start('server');
    const early = start('query', { parent: root });
    clock.nowMs += 5;
    const late = start('render', { parent: root });
    const leaf = start('template', { parent: late });
    run('of another trace');
    for (const span of [leaf, late, early]) end(span, { nanos: 1e6 });
    const { spans, traceId } = ask({ kind: 'trace', traceId: root.context.traceId.toUpperCase() });
    expect(traceId).toBe(root.context.traceId);
    expect(spans.map(({ name, depth, running }) => [name, depth, running])).toEqual([
      ['server', 0, true],
      ['query', 1, false],
      ['render', 1, false],
      ['template', 2, false],
    ]);
  });

  it('shows spans whose parents are elsewhere, or each other, as roots', () => {
    const { start, ask } = createTracez();
    const a = start('a');
    const b = start('b', { parent: a });
    a.parentSpanContext = b.context;
    const c = start('c', { parent: a });
    c.parentSpanContext = { ...a.context, spanId: 'ffffffffffffffff', isRemote: true };
    const { spans } = ask({ kind: 'trace', traceId: a.context.traceId });
    expect(spans.map(({ name, depth }) => [name, depth])).toEqual([
      ['c', 0],
      ['a', 0],
      ['b', 1],
    ]);
  });

  it('of ten thousand spans, one below the other, shows the first thousand', () => {
    const { start, ask } = createTracez();
    const root = start('a');
    let parent = root;
    for (let i = 1; i < 10_000; i++) parent = start('a', { parent });
    const { spans, spansLeftOut } = ask({ kind: 'trace', traceId: root.context.traceId });
    expect([spans.length, spans.at(-1)?.depth, spansLeftOut]).toEqual([1000, 999, 9000]);
  });

  it.each([
    ['0'.repeat(31), 'invalid_argument'],
    ['g'.repeat(32), 'invalid_argument'],
    [undefined as unknown as string, 'invalid_argument'],
    ['e'.repeat(32), 'not_found'],
  ])('%s is %s', (traceId, code) => {
    expect(createTracez().aggregator.query({ kind: 'trace', traceId })).toMatchObject({
      ok: false,
      error: { code },
    });
  });

  it('of an id in upper case, as a caller may have made it up, is found by either spelling', () => {
    const { start, end, ask } = createTracez();
    const traceId = 'ABCDEF0123456789ABCDEF0123456789';
    const span = start('a');
    span.context = { ...span.context, traceId };
    expect(ask({ kind: 'trace', traceId: traceId.toLowerCase() }).spans).toHaveLength(1);
    end(span);
    expect(ask({ kind: 'trace', traceId: traceId.toLowerCase() })).toMatchObject({ traceId, spans: [{}] });
    expect(ask({ kind: 'trace', traceId })).toMatchObject({ traceId, spans: [{}] });
  });
});
