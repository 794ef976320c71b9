import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lanes } from './lanes.js';

/** The same by looking at each lane in turn. */
function firstFit(lanes: number[][], start: number, end: number): number {
  for (const [index, open] of lanes.entries()) {
    while (open.length > 0 && open.at(-1)! <= start) open.pop();
    if (open.length === 0 || open.at(-1)! >= end) {
      open.push(end);
      return index;
    }
  }
  return lanes.push([end]) - 1;
}

describe('Lanes', () => {
  it('gives the first lane that fits', () => {
    const times = tuple(integer({ min: 0, max: 40 }), integer({ min: 1, max: 30 }));
    assert(
      property(array(times, { maxLength: 60 }), (drafts) => {
        const events = drafts
          .map(([start, took]) => ({ start, end: start + took, lane: -1 }))
          .toSorted((a, b) => a.start - b.start || b.end - a.end);
        const lanes = new Lanes();
        const known: number[][] = [];
        for (const event of events) {
          for (const { end, lane } of events)
            if (lane >= 0 && end <= event.start) lanes.ended(lane, event.start);
          event.lane = lanes.place(event.start, event.end);
          expect(event.lane).toBe(firstFit(known, event.start, event.end));
        }
      }),
    );
  });

  it('places what has no length inside of what is going on', () => {
    const lanes = new Lanes();
    expect([lanes.place(0, 10), lanes.place(5, 5), lanes.place(5, 8), lanes.place(6, 9)]).toEqual([
      0, 0, 0, 1,
    ]);
  });
});
