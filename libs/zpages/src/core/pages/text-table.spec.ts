import { describe, expect, it } from 'vitest';
import { textTable } from './text-table.js';
import { fittingInSlices, within } from './within.js';

describe('a table for a terminal', () => {
  it('aligns its columns, numbers to the right, and cuts long cells between characters', () => {
    const rows = [
      ['a', '1'],
      ['b😀😀', '1,000'],
      ['\u001b[2J', '.'],
    ];
    const lines = [
      ...textTable(
        [
          { head: 'NAME', maxWidth: 4 },
          { head: 'N', right: true },
        ],
        rows,
      ),
    ];
    expect(lines.filter((line) => line !== '')).toEqual([
      'NAME      N\n',
      'a         1\n',
      'b😀…  1,000\n',
      '\\u0…      .\n',
    ]);
  });
});

describe('a list that must fit', () => {
  it('ends where the room ends and says how many are missing, but has at least one', async () => {
    expect(await fittingInSlices(['aa', 'bb', 'cc'], 9)).toEqual({ items: ['aa', 'bb'], omitted: 1 });
    expect(await fittingInSlices(['a'.repeat(100), 'b'], 9)).toEqual({
      items: ['a'.repeat(100)],
      omitted: 1,
    });
    expect(await fittingInSlices([], 9)).toEqual({ items: [], omitted: 0 });
    expect([...within(['日', '本'], 5, (text) => text)]).toEqual(['日']);
  });
});
