import { describe, expect, it } from 'vitest';
import { jsonPieces } from './json-pieces.js';

describe('JSON in pieces', () => {
  it.each([
    [{}],
    [[]],
    [null],
    [1],
    ['a'],
    [[1, undefined, { a: [] }]],
    [{ a: 1, b: undefined, c: [], d: [1, 'x', undefined], e: { f: [2] }, __proto__: 1, 'q"': null }],
    [JSON.parse('{"__proto__":{"x":1},"\\ud800":["\\ud800"]}')],
  ])('of %j is what JSON.stringify gives', (value) => {
    expect([...jsonPieces(value)].join('')).toBe(`${JSON.stringify(value)}\n`);
  });
});
