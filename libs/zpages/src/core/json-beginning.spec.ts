import { describe, expect, it } from 'vitest';
import { jsonOf } from './json-beginning.js';

const VALUES: readonly object[] = [
  {},
  [],
  { a: 1, b: [true, null, undefined, 1.5], c: { d: 'text', e: undefined, f: () => 1 } },
  [[[[]]], [{}], 'x'.repeat(500), '"\\\n\ud800'],
  { ['k'.repeat(300)]: 'v', __proto__: null },
  new Date(0),
  new Map([[1, 2]]),
  { when: new Date(0), none: Number.NaN },
  Array.from({ length: 300 }, (_, i) => ({ id: i, name: `user ${i}` })),
];

describe('the beginning of JSON', () => {
  it('is that of all of it, for any length', () => {
    for (const value of VALUES) {
      const whole = JSON.stringify(value);
      for (let length = 1; length < 600; length++) {
        const text = jsonOf(value, length);
        expect(text.slice(0, length)).toBe(whole.slice(0, length));
        // Whether it was cut shows, too.
        expect(text.length > length).toBe(whole.length > length);
      }
    }
  });

  it('looks at no more of a value than it needs', () => {
    let looks = 0;
    const one = {
      get text() {
        looks++;
        return 'x'.repeat(100);
      },
    };
    const list = Array.from({ length: 100_000 }, () => one);
    expect(jsonOf({ list, more: list }, 1024).length).toBeGreaterThan(1024);
    expect(looks).toBeLessThan(20);
    expect(jsonOf(new Uint8Array(50_000_000).fill(7), 10)).toMatch(/^\[7,7,7,7,7/);
    expect(jsonOf(Buffer.alloc(50_000_000), 10)).toMatch(/^\[0,0,0,0,0/);
  });

  it('of what has none is a word', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = [loop];
    const deep: unknown[] = [];
    let inner = deep;
    for (let i = 0; i < 1e5; i++) inner.push((inner = []));
    for (const value of [loop, { big: 1n }]) expect(jsonOf(value, 1024)).toBe('unreadable value');
    expect(jsonOf(deep, 100).slice(0, 100)).toBe('['.repeat(100));
  });
});
