import { describe, expect, it } from 'vitest';
import { parseReference, parseServiceFile } from './parse-services.js';

describe('parseServiceFile', () => {
  it('I25: skips comments and blank lines, and keeps the number of each line', () => {
    const text = '\uFEFF# first\r\n\r\n  ./a.js#A  \r\n./b.js#B # why\n\t# more\nC#\n';
    expect(parseServiceFile(text)).toEqual([
      { text: './a.js#A', line: 3 },
      { text: './b.js#B', line: 4 },
      { text: 'C#', line: 6 },
    ]);
  });

  it('reads an empty file as no entries', () => {
    expect(parseServiceFile('')).toEqual([]);
  });
});

describe('parseReference', () => {
  it('reads a path with an export, a path alone and a name alone', () => {
    expect(parseReference('./dist/a.js#A')).toEqual({ path: './dist/a.js', exportName: 'A' });
    expect(parseReference('./dist/a.js')).toEqual({ path: './dist/a.js', exportName: 'default' });
    expect(parseReference('Orders')).toEqual({ exportName: 'Orders' });
  });

  it.each([
    'a.js#A',
    '../a.js#A',
    './../a.js#A',
    './a/#A',
    './a.js#',
    './a.js#A#B',
    './a b.js#A',
    '/a.js#A',
    'x.y.A',
  ])('refuses %s', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});
