import { expect, it } from 'vitest';
import { tagQuery } from './tag-query.js';

it.each([
  ['http.route', '/tasks', 'http.route=/tasks'],
  ['error', '', 'error'],
  ['db.query.text', 'SELECT 1 WHERE a = 2', 'db.query.text=SELECT 1 WHERE a = 2'],
  ['brand', 'sandals', 'brand=sandals'],
  ['text', 'this and that', undefined],
  ['a=b', 'c', undefined],
  ['text', 'two\nlines', undefined],
  ['text', ' padded', undefined],
  ['text', 'x'.repeat(201), undefined],
  ['', 'x', undefined],
])('searches for the tag %j of %j', (key, value, query) => {
  expect(tagQuery(key, value)).toBe(query);
});
