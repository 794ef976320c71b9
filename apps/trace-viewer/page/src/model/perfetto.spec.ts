import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPerfetto } from './perfetto.js';
import { hex, span, treeOf } from './sample.spec.helper.js';

describe('toPerfetto', () => {
  it('has a process per service, whole events with their tags, and a mark per annotation', () => {
    const tree = treeOf(
      span(1, undefined, { took: 1000, kind: 'SERVER', tags: { a: 'b' } }),
      span(2, 1, { at: 100, took: 0, localEndpoint: { serviceName: 'back' } }),
    );
    expect(toPerfetto(tree).traceEvents).toEqual([
      { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'front' } },
      {
        ph: 'X',
        name: 's1',
        cat: 'SERVER',
        pid: 1,
        tid: 1,
        ts: 0,
        dur: 1000,
        args: { traceId: '00000000000000aa', id: '0000000000000001', a: 'b' },
      },
      { ph: 'M', name: 'process_name', pid: 2, tid: 0, args: { name: 'back' } },
      {
        ph: 'X',
        name: 's2',
        cat: 'INTERNAL',
        pid: 2,
        tid: 1,
        ts: 100,
        dur: 900,
        args: {
          traceId: '00000000000000aa',
          id: '0000000000000002',
          parentId: '0000000000000001',
          open: true,
        },
      },
    ]);
  });

  it('tells of spans without a time, which have no place in it', () => {
    const tree = treeOf(span(1, undefined), { traceId: '00000000000000aa', id: hex(2), parentId: hex(1) });
    expect(toPerfetto(tree).otherData).toEqual({ spansWithoutTime: [hex(2)] });
    expect(toPerfetto(treeOf(span(1, undefined))).otherData).toBeUndefined();
  });

  it('has an open span that starts where the trace ends', () => {
    const tree = treeOf(span(1, undefined, { took: 50 }), span(2, 1, { at: 50, took: 0 }));
    expect(toPerfetto(tree).traceEvents.at(-1)).toMatchObject({ ts: 50, dur: 0, tid: 1 });
  });

  it('takes any number of lanes', () => {
    // Each starts later than the one before and ends later: none nests.
    const tree = treeOf(
      ...Array.from({ length: 30_000 }, (_, at) =>
        span(at + 1, at === 0 ? undefined : 1, { at, took: 30_000 }),
      ),
    );
    const began = process.cpuUsage();
    const tids = toPerfetto(tree).traceEvents.flatMap(({ ph, tid }) => (ph === 'X' ? [tid] : []));
    const { user, system } = process.cpuUsage(began);
    expect(new Set(tids).size).toBe(30_000);
    expect((user + system) / 1e6).toBeLessThan(2);
  });

  it('nests all that is on one lane', () => {
    const draft = record({ at: integer({ min: 0, max: 60 }), took: integer({ min: 1, max: 40 }) });
    assert(
      property(array(draft, { minLength: 1, maxLength: 30 }), (drafts) => {
        const tree = treeOf(
          ...drafts.map((times, index) => span(index + 1, index === 0 ? undefined : 1, times)),
        );
        const events = toPerfetto(tree).traceEvents.filter(({ ph }) => ph === 'X');
        expect(events).toHaveLength(drafts.length);
        for (const a of events) {
          for (const b of events) {
            if (a === b || a.tid !== b.tid || a.ts! > b.ts!) continue;
            const isAfter = b.ts! >= a.ts! + a.dur!;
            const isInside = b.ts! + b.dur! <= a.ts! + a.dur!;
            const isAround = a.ts === b.ts && b.dur! >= a.dur!;
            expect(isAfter || isInside || isAround).toBe(true);
          }
        }
      }),
    );
  });
});
