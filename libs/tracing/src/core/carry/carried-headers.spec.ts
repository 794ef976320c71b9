import { describe, expect, it } from 'vitest';
import { headerText } from './headers.js';
import { Carried } from './carried.js';
import { decodeCarried, encodeAnnotations, encodeFlags } from './carried-headers.js';

function roundTrip(carried: Carried): Carried {
  return decodeCarried(encodeFlags(carried), encodeAnnotations(carried));
}

describe('carried headers', () => {
  it('bring flags and typed annotations back as they were, in ASCII', () => {
    const carried = new Carried();
    for (const flag of ['plain', 'a,b', '%', 'zoë 😀', '__proto__']) carried.addFlag(flag);
    carried.setAnnotation('n', 1.5);
    carried.setAnnotation('b', false);
    carried.setAnnotation('s', 'zoë\n😀');
    carried.setAnnotation('__proto__', 'x');
    const back = roundTrip(carried);
    expect(back.flags).toEqual(carried.flags);
    expect([...back.annotations]).toEqual([...carried.annotations]);
    // oxlint-disable-next-line no-control-regex -- what may stand in a header
    expect(encodeAnnotations(carried)).toMatch(/^[\u0020-\u007e]*$/);
  });

  it('bring back everything that the caps let in', () => {
    const carried = new Carried();
    for (let i = 0; i < 32; i++) carried.addFlag(`${'語'.repeat(62)}${i}`);
    carried.setAnnotation('long', '語'.repeat(1350));
    const back = decodeCarried(headerText(encodeFlags(carried)), headerText(encodeAnnotations(carried)));
    expect(back.flags.size).toBe(32);
    expect(back.annotations.get('long')).toHaveLength(1350);
  });

  it('say nothing when nothing is carried', () => {
    expect(encodeFlags(new Carried())).toBeUndefined();
    expect(encodeAnnotations(new Carried())).toBeUndefined();
  });

  it.each([
    ['%E0%A4%A', '{'],
    [',,,', 'null'],
    ['', '[1]'],
    ['x'.repeat(100_000), `{"a":"${'x'.repeat(100_000)}"}`],
    [
      Array.from({ length: 40 }, (_, i) => 'f'.repeat(65) + String(i)).join(','),
      '{"a":{"b":1},"c":null,"d":1e999}',
    ],
  ])('leave out what is malformed or too much', (flags, annotations) => {
    expect(decodeCarried(flags, annotations).isEmpty).toBe(true);
  });

  it('keep a lone surrogate from breaking the message', () => {
    const carried = new Carried();
    carried.addFlag('\ud800');
    carried.setAnnotation('a', '\ud800');
    expect(() => roundTrip(carried)).not.toThrow();
  });
});
