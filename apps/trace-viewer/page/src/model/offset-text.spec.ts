import { expect, it } from 'vitest';
import { inTraceText, offsetText } from './offset-text.js';

it('tells how long after or before something was', () => {
  expect(offsetText(1500, 1000)).toBe('+500µs');
  expect(offsetText(1000, 4000)).toBe('−3ms');
  expect(offsetText(7, 7)).toBe('+0µs');
  expect(inTraceText(1500, 1000)).toBe('+500µs in the trace');
});
