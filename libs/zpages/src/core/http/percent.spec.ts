import { describe, expect, it } from 'vitest';
import { decodeComponent, encodeComponent } from './percent.js';

describe('the percent encoding of names', () => {
  it.each(['', '..', 'a/b', '100%', 'a&b=c', 'a+b', '日本語', '😀', '\u0000', '\ufeffbom', "'()*!"])(
    'is encodeURIComponent for %j, which is well-formed',
    (name) => {
      expect(encodeComponent(name)).toBe(encodeURIComponent(name));
      expect(decodeComponent(encodeComponent(name))).toBe(name);
    },
  );

  it.each(['\ud800', '\udfff', 'a\ud83db', '\ude00\ud83d', '日\udc00本%'])(
    'carries the lone surrogate in %j',
    (name) => {
      const encoded = encodeComponent(name);
      expect(encoded).toMatch(/^[\w%.-]+$/);
      expect(decodeComponent(encoded)).toBe(name);
    },
  );

  it('writes a lone surrogate as the bytes that UTF-8 would use for it', () => {
    expect(encodeComponent('\ud800')).toBe('%ED%A0%80');
    expect(encodeComponent('\udfff')).toBe('%ED%BF%BF');
  });

  it('carries any string, drawn 5,000 times', () => {
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const pools = [() => random(128), () => 0xd780 + random(0x900), () => random(0x10000)];
    const names = Array.from({ length: 5000 }, () =>
      String.fromCharCode(...Array.from({ length: random(6) }, () => pools[random(3)]?.() ?? 0)),
    );
    expect(names.filter((name) => decodeComponent(encodeComponent(name)) !== name)).toEqual([]);
  });

  it.each(['%', '%4', '%zz', '%zzz', 'a%g0', '%ff', '%c3', '%ED%A0', '%c0%af', '%f5%80%80%80', '%u0041'])(
    'refuses %s and says the rule',
    (text) => {
      expect(() => decodeComponent(text)).toThrow(
        expect.objectContaining({ status: 400, message: expect.stringContaining('two hex digits') }),
      );
    },
  );
});
