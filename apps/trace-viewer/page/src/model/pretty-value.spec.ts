import { expect, it } from 'vitest';
import { prettyValue } from './pretty-value.js';

it('breaks JSON into lines and leaves everything else alone', () => {
  expect(prettyValue('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyValue('[not json')).toBe('[not json');
  expect(prettyValue('12345678901234567890')).toBe('12345678901234567890');
});

it('leaves what is nested deeply alone: indented, it would be a thousand times as long', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(prettyValue(nested(30))).toContain('\n');
  expect(prettyValue(nested(31))).toBe(nested(31));
  const wide = `[${'[1],'.repeat(5000)}1]`;
  expect(prettyValue(wide)).toContain('\n');
});
