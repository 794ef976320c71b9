import { expect, it } from 'vitest';
import { readSpanLinks } from './span-links.js';

it('reads links, and leaves what is none as it is written', () => {
  const trace = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
  expect(readSpanLinks(`${trace}-000000000000000b, ${trace}-000000000000000c, and 4 more`)).toEqual({
    links: [
      { traceId: trace, spanId: '000000000000000b' },
      { traceId: trace, spanId: '000000000000000c' },
    ],
    rest: 'and 4 more',
  });
  expect(readSpanLinks('javascript:alert(1)')).toEqual({ links: [], rest: 'javascript:alert(1)' });
  expect(readSpanLinks('')).toEqual({ links: [], rest: '' });
});
