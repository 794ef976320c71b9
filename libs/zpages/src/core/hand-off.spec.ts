import { describe, expect, it } from 'vitest';
import { END, HandOff, START } from './hand-off.js';
import type { MessageKind } from './hand-off.js';
import { FakeSpan } from './tracez.spec.helper.js';

function createHandOff(capacity: number, meanwhile?: () => void) {
  const received: [MessageKind, string][] = [];
  const rings: (() => void)[] = [];
  const handOff = new HandOff(
    {
      at() {},
      receive(kind, span) {
        received.push([kind, span.name]);
        if (received.length === 1) meanwhile?.();
      },
    },
    { capacity, now: () => 0, alarm: (ring) => rings.push(ring) },
  );
  return { handOff, received, rings };
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new FakeSpan(name)) as [
  FakeSpan,
  FakeSpan,
  FakeSpan,
  FakeSpan,
];

describe('the hand-off', () => {
  it('delivers in order, when asked', () => {
    const { handOff, received } = createHandOff(10);
    handOff.push(START, a);
    handOff.push(END, a);
    handOff.push(START, b);
    expect(received).toEqual([]);
    handOff.drain();
    handOff.drain();
    expect(received).toEqual([
      [START, 'a'],
      [END, 'a'],
      [START, 'b'],
    ]);
  });

  it('is emptied by the message that fills it, and counts that', () => {
    const { handOff, received } = createHandOff(2);
    for (const span of [a, b, c]) handOff.push(START, span);
    expect(received.map(([, name]) => name)).toEqual(['a', 'b']);
    expect(handOff.overflows).toBe(1);
    handOff.push(START, d);
    expect(received.map(([, name]) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('delivers soon after the first message where nobody asks, with one alarm at a time', () => {
    const { handOff, received, rings } = createHandOff(10);
    handOff.push(START, a);
    handOff.push(START, b);
    expect(rings).toHaveLength(1);
    rings[0]?.();
    expect(received).toHaveLength(2);
    handOff.push(START, c);
    expect(rings).toHaveLength(2);
  });

  it('delivers what comes while it delivers, also where there is no room for it', () => {
    const late = createHandOff(3, () => {
      for (const span of [b, c, d]) late.handOff.push(START, span);
    });
    late.handOff.push(START, a);
    late.handOff.drain();
    expect(late.received.map(([, name]) => name).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    late.handOff.drain();
    expect(late.received).toHaveLength(4);
  });

  it('delivers by the time of the delivery, not of the first message', () => {
    let nowMs = 1;
    const times: number[] = [];
    const handOff = new HandOff(
      { at: (atMs) => times.push(atMs), receive() {} },
      { capacity: 2, now: () => nowMs, alarm() {} },
    );
    handOff.push(START, a);
    nowMs = 2;
    handOff.push(END, a);
    nowMs = 3;
    handOff.push(START, b);
    handOff.drain();
    expect(times).toEqual([2, 3]);
  });

  it('delivers the rest, each once, after a delivery that the stack had no room for', () => {
    const received: string[] = [];
    let fails = 0;
    const handOff = new HandOff(
      {
        at() {},
        receive(_, { name }) {
          if (name === 'b' && fails++ < 2) throw new RangeError('Maximum call stack size exceeded');
          received.push(name);
        },
      },
      { capacity: 3, now: () => 0, alarm() {} },
    );
    for (const span of [a, b, c]) handOff.push(START, span);
    expect(received).toEqual(['a']);
    expect(() => handOff.push(START, d)).toThrow(RangeError);
    handOff.push(START, d);
    handOff.drain();
    expect(received).toEqual(['a', 'b', 'c', 'd']);
  });

  it('sets its alarm again where that failed', () => {
    let calls = 0;
    const handOff = new HandOff(
      { at() {}, receive() {} },
      {
        capacity: 3,
        now: () => 0,
        alarm() {
          if (++calls === 1) throw new RangeError('Maximum call stack size exceeded');
        },
      },
    );
    for (const span of [a, b, c]) handOff.push(START, span);
    expect(calls).toBe(2);
  });
});
