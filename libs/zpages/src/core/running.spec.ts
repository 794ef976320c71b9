import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { FakeSpan, createTracez } from './tracez.spec.helper.js';

const idsOf = (spans: readonly { readonly spanId: string }[]): string[] => spans.map(({ spanId }) => spanId);
const idsIn = (spans: readonly FakeSpan[]): string[] => spans.map(({ context }) => context.spanId);

describe('running spans', () => {
  it('T08: more run than are shown', () => {
    const { start, ask, counts } = createTracez({ maxRunningSamples: 5 });
    for (let i = 0; i < 6; i++) start('span 1');
    expect(counts()[0]?.[1]).toBe(6);
    const answer = ask({ kind: 'running', name: 'span 1' });
    expect([answer.count, answer.spans.length, answer.countIsLowerBound]).toEqual([6, 5, false]);
  });

  it('T12: each look sees those that began meanwhile', () => {
    const { start, counts } = createTracez();
    start('span 1');
    expect(counts()[0]?.[1]).toBe(1);
    start('span 1');
    expect(counts()[0]?.[1]).toBe(2);
  });

  it('T13: an answer stays as it was given', () => {
    const { start, end, all } = createTracez();
    const span = start('span 1');
    const first = all();
    const copy = structuredClone(first);
    end(span, { nanos: 30 });
    expect(all().rows).toMatchObject([{ running: 0, latency: [1, 0, 0, 0, 0, 0, 0, 0, 0] }]);
    expect(first).toEqual(copy);
  });

  it('T14: a renamed span moves to the row of its new name', () => {
    const { start, end, counts } = createTracez();
    const span = start('span 1');
    expect(counts().map(([name, running]) => [name, running])).toEqual([['span 1', 1]]);
    span.name = 'span 2';
    expect(counts().map(([name, running]) => [name, running])).toEqual([['span 2', 1]]);
    end(span, { nanos: 30 });
    expect(counts()).toEqual([['span 2', 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]]);
  });

  it.each([
    [
      'T17: the middle ones end first',
      [[3], [1], [2], [0, 4]],
      ['4/1', '3/2', '2/3', '0/5'],
      ['1/1', '1/1', '0/2', '0/2'],
    ],
    ['T18: the outer ones end first', [[4], [0], [1, 2, 3]], ['4/1', '3/2', '0/5'], ['2/0', '2/0', '0/2']],
  ] as const)('%s', (_, steps, expected, expectedOfS1) => {
    const { start, end, all } = createTracez();
    const spans = ['s0', 's2', 's1', 's1', 's'].map((name) => start(name));
    const ofS1 = (): string => {
      const row = all().rows.find(({ name }) => name === 's1');
      return `${row?.running}/${row?.latency[0]}`;
    };
    expect(ofS1()).toBe('2/0');
    const seen = steps.map((step) => {
      for (const at of step) end(spans[at] as FakeSpan);
      const { running, latency } = all().totals;
      return [`${running}/${latency}`, ofS1()];
    });
    expect(seen).toEqual(expected.map((one, i) => [one, expectedOfS1[i]]));
  });

  it('T23: those that end leave, in any order', () => {
    const { start, end, ask } = createTracez();
    const [one, two, three] = [start('a'), start('a'), start('a')];
    end(two, { nanos: 6e9 });
    expect(idsOf(ask({ kind: 'running', name: 'a' }).spans)).toEqual(idsIn([one, three]));
    expect(idsOf(ask({ kind: 'latency', name: 'a', bucket: 6 }).samples)).toEqual(idsIn([two]));
    const four = start('a');
    end(one);
    end(three);
    expect(idsOf(ask({ kind: 'running', name: 'a' }).spans)).toEqual(idsIn([four]));
    end(four);
    expect(ask({ kind: 'running', name: 'a' })).toMatchObject({ count: 0, spans: [] });
  });

  it('T27: of those that are shown some end, and the next ones are shown', () => {
    const { start, end, ask } = createTracez({ maxRunningSamples: 3 });
    const [three, two, four, five] = [start('a'), start('a'), start('a'), start('a')];
    expect(idsOf(ask({ kind: 'running', name: 'a' }).spans)).toEqual(idsIn([three, two, four]));
    end(three);
    end(four);
    const { count, spans } = ask({ kind: 'running', name: 'a' });
    expect([count, idsOf(spans)]).toEqual([2, idsIn([two, five])]);
  });

  it('T28: ends of spans that never started, or start later, take none away and leave none behind', () => {
    const { start, end, processor, all } = createTracez();
    const one = start('a');
    const [three, four] = [new FakeSpan('a'), new FakeSpan('a')];
    end(three);
    end(four);
    expect(all().totals.running).toBe(1);
    processor.onStart(three);
    end(one);
    end(three);
    expect(all().totals).toMatchObject({ started: 1, adopted: 2, running: 0, latency: 3, dropped: 0 });
  });

  it('T24: an end whose start was never seen counts as an end', () => {
    const { end, all } = createTracez();
    end(new FakeSpan('a'), { nanos: 6e9 });
    expect(all().rows).toMatchObject([{ running: 0, errors: 0, latency: [0, 0, 0, 0, 0, 0, 1, 0, 0] }]);
    expect(all().totals).toMatchObject({ started: 0, adopted: 1, running: 0, latency: 1 });
  });

  it('N03: such an end takes no running span away', () => {
    const { start, end, all, ask } = createTracez();
    const spans = [start('a'), start('a')];
    end(new FakeSpan('a'));
    expect(all().totals).toMatchObject({ started: 2, adopted: 1, running: 2, latency: 1 });
    expect(idsOf(ask({ kind: 'running', name: 'a' }).spans)).toEqual(idsIn(spans));
  });

  it('T43: all of a name may end, its row stays with what they did', () => {
    const { start, end, counts } = createTracez();
    const spans = [start('a'), start('a'), start('a')];
    expect(counts()[0]?.[1]).toBe(3);
    for (const span of spans) end(span);
    expect(counts()).toEqual([['a', 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0]]);
  });

  it('N01: five of ten that are left are all shown', () => {
    const { start, end, ask } = createTracez({ maxRunningSamples: 5 });
    const spans = Array.from({ length: 10 }, () => start('a'));
    for (const span of spans.slice(5)) end(span);
    const { count, spans: shown } = ask({ kind: 'running', name: 'a' });
    expect(count).toBe(5);
    expect(idsOf(shown)).toEqual(idsIn(spans.slice(0, 5)));
  });

  it('N02: the oldest are shown, oldest first, of how many', () => {
    const { start, ask, clock } = createTracez({ maxRunningSamples: 5 });
    const spans = Array.from({ length: 1000 }, () => {
      clock.nowMs++;
      return start('a');
    });
    const { count, spans: shown } = ask({ kind: 'running', name: 'a' });
    expect(count).toBe(1000);
    expect(idsOf(shown)).toEqual(idsIn(spans.slice(0, 5)));
    expect(idsOf(ask({ kind: 'running', limit: 2 }).spans)).toEqual(idsIn(spans.slice(0, 2)));
  });

  it('shows the oldest by their start also where they arrive later', () => {
    const { start, ask } = createTracez({ maxRunningSamples: 2 });
    const spans = Array.from({ length: 50 }, () => start('a'));
    for (const [i, span] of spans.entries()) span.startTime = [span.startTime[0] - i, 0];
    expect(idsOf(ask({ kind: 'running', name: 'a' }).spans)).toEqual(idsIn([spans[49]!, spans[48]!]));
  });

  it('N11: one that runs too long is listed as stuck, with age and start, and leaves when it ends', () => {
    const { start, end, all, clock } = createTracez({ stuckAfterMs: 60_000 });
    const span = start('a');
    const startUnixMicros = clock.nowMs * 1e3;
    clock.nowMs += 59_999;
    expect(all().stuck).toEqual({ afterMs: 60_000, count: 0, spans: [] });
    clock.nowMs += 1;
    start('b');
    expect(all().stuck).toMatchObject({ count: 1, spans: [{ name: 'a', ageMs: 60_000, startUnixMicros }] });
    expect(all().totals.running).toBe(2);
    end(span);
    expect(all().stuck.count).toBe(0);
  });

  it('N22: attributes and age are those of the moment', () => {
    const { start, ask, clock } = createTracez();
    const span = start('a');
    const look = () => ask({ kind: 'running', name: 'a' }).spans[0]!;
    expect(look()).toMatchObject({ ageMs: 0, attributes: [], running: true });
    span.attributes['step'] = 2;
    clock.nowMs += 1000;
    expect(look()).toMatchObject({ ageMs: 1000, attributes: [{ key: 'step', value: 2 }] });
  });

  it('N29: a span with an error status runs until it ends', () => {
    const { start, end, all } = createTracez();
    const span = start('a');
    span.status = { code: SpanStatusCode.ERROR, message: 'bad' };
    expect(all().rows).toMatchObject([{ running: 1, errors: 0 }]);
    end(span, { error: 'bad' });
    expect(all().rows).toMatchObject([{ running: 0, errors: 1 }]);
  });

  it('counts those that there is no room for, and says that rows are lower bounds', () => {
    const { start, end, all, ask } = createTracez({ maxRunningSpans: 2 });
    const spans = [start('a'), start('a'), start('a')];
    expect(all().totals).toMatchObject({ started: 3, running: 3, runningUntracked: 1 });
    expect(ask({ kind: 'running', name: 'a' })).toMatchObject({ count: 2, countIsLowerBound: true });
    for (const span of spans) end(span);
    expect(all().totals).toMatchObject({ running: 0, runningUntracked: 0, latency: 3 });
  });

  it('a limit of none shows none, and counts', () => {
    const { start, ask, all, clock } = createTracez({ maxRunningSamples: 0, stuckAfterMs: 0 });
    for (const name of ['a', 'a', 'b']) start(name);
    clock.nowMs += 1000;
    expect(ask({ kind: 'running' })).toMatchObject({ count: 3, spans: [] });
    expect(all().stuck).toMatchObject({ count: 3, spans: [] });
    const shown = createTracez();
    for (const name of ['a', 'a']) shown.start(name);
    expect(shown.ask({ kind: 'running', limit: 0 })).toMatchObject({ count: 2, spans: [] });
    expect(shown.all().self.internalErrors).toBe(0);
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['infinitely early', Number.NEGATIVE_INFINITY],
    ['no time', 1e300],
  ])('a start that is %s is 0, and keeps no older span out', (_, seconds) => {
    const { start, all, ask, clock } = createTracez({ maxRunningSamples: 2, stuckAfterMs: 1000 });
    const odd = [start('odd'), start('odd')];
    for (const span of odd) span.startTime = [seconds, 0];
    const [second, first] = [start('a'), start('a')];
    first.startTime = [first.startTime[0] - 5, 0];
    clock.nowMs += 5000;
    expect(idsOf(ask({ kind: 'running' }).spans)).toEqual(idsIn([first, second]));
    const shown = ask({ kind: 'running', name: 'odd' }).spans;
    expect(shown.map(({ startUnixMicros, ageMs }) => [startUnixMicros, ageMs])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(all().stuck.count).toBe(2);
    expect(all().self.internalErrors).toBe(0);
  });

  it('those that are stuck are listed without what they carry', () => {
    const { start, all, clock } = createTracez();
    const span = start('a');
    span.attributes = { why: 'because' };
    span.events = [{ name: 'event', time: [0, 0] }];
    clock.nowMs += 60_000;
    const { traceId, spanId } = span.context;
    expect(all().stuck.spans).toEqual([
      {
        name: 'a',
        traceId,
        spanId,
        kind: 'INTERNAL',
        sampled: true,
        running: true,
        startUnixMicros: expect.any(Number) as number,
        ageMs: expect.any(Number) as number,
      },
    ]);
  });
});
