import { describe, expect, it } from 'vitest';
import { keepClassNames } from './keep-class-names.js';

const added = (source: string): string => keepClassNames(source).slice(source.length).trim();

describe('keepClassNames', () => {
  it('names the classes at the top of a file again, and moves no line', () => {
    const source = 'export class A {}\nclass B extends A {}\nexport default class C {}';
    const kept = keepClassNames(source);
    expect(kept.startsWith(`${source}\n`)).toBe(true);
    expect(added(source).match(/'[ABC]'/g)).toEqual(["'A'", "'B'", "'C'"]);
  });

  it('leaves names that the class says itself', () => {
    expect(added("class A { static name = 'b' }")).toBe('');
    expect(added("class A { static get name() { return 'b' } }")).toBe('');
    expect(added('class A { static { this.x = 1 } }')).toContain("'A'");
  });

  it('reads CommonJS, and leaves alone what it cannot parse or has no class of that kind', () => {
    expect(added("'use strict'; class A {} exports.A = A; return;")).toContain("'A'");
    for (const source of [
      'class {',
      'export const a = class {};',
      'export default class {}',
      'const x: number = 1',
    ]) {
      expect(keepClassNames(source)).toBe(source);
    }
  });
});
