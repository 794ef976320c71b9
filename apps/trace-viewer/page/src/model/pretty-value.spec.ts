import { expect, it } from 'vitest';
import { prettyValue } from './pretty-value.js';

it('breaks JSON into lines and leaves everything else alone', () => {
  expect(prettyValue('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyValue('[not json')).toBe('[not json');
  expect(prettyValue('12345678901234567890')).toBe('12345678901234567890');
});
