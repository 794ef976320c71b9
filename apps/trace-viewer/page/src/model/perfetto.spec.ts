import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPerfetto } from './perfetto.js';
import { span, treeOf } from './sample.spec.helper.js';

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
