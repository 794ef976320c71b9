import { expect, it } from 'vitest';
import { messageIn } from './api.js';

it.each([
  [
    '{"statusCode":400,"code":"X","message":"The parameter limit must be less."}',
    'The parameter limit must be less.',
  ],
  ['DT_ERR_X: The rule.\n', 'DT_ERR_X: The rule.'],
  ['null', 'null'],
  ['{"message":5}', '{"message":5}'],
  ['', ''],
])('takes from %j what it says', (text, message) => {
  expect(messageIn(text)).toBe(message);
});
