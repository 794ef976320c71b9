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
});
