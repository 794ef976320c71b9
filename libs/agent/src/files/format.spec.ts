import { describe, expect, it } from 'vitest';
import { formatOf } from './format.js';

describe('the format of a module', () => {
  it.each([
    ['commonjs', 'cjs'],
    ['module', 'esm'],
    ['json', undefined],
    ['module-typescript', undefined],
  ])('is what the loader says: %s', (hinted, format) => {
    expect(formatOf(hinted, () => '')).toBe(format);
  });

  it.each([
    ['module.exports = 1;', 'cjs'],
    ['#!/usr/bin/env node\nexports.a = 1; // import this', 'cjs'],
    ["const a = await import('x');", 'esm'],
    ['async function f() { await 1; } exports.f = f;', 'cjs'],
    ["import 'x';", 'esm'],
    ['export const a = 1;', 'esm'],
    ['console.log(import.meta.url);', 'esm'],
    ["import('x').then(require);", 'cjs'],
  ])('is tried out where the loader says nothing: %s', (text, format) => {
    expect(formatOf(undefined, () => text)).toBe(format);
  });
});
