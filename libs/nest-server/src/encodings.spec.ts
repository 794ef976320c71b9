import { expect, it } from 'vitest';
import { bestEncoding } from './encodings.js';

it.each([
  ['gzip, deflate, br, zstd', 'zstd'],
  ['GZIP;q=0.5, br', 'br'],
  ['zstd;q=0, gzip', 'gzip'],
  ['zstd;q=0.0, *', 'br'],
  ['*;q=0', undefined],
  ['deflate', undefined],
  ['', undefined],
  [undefined, undefined],
])('of %j takes %s', (header, encoding) => {
  expect(bestEncoding(header)).toBe(encoding);
});

it.each([
  ['br, gzip', 'gzip'],
  ['br', undefined],
  ['gzip;q=0', undefined],
])('of %j takes %s where only gzip is offered', (header, encoding) => {
  expect(bestEncoding(header, ['gzip'])).toBe(encoding);
});
