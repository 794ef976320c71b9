import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.js';
import { unreadable } from './unreadable.spec.helper.js';

describe('errorText', () => {
  it.each([
    [new Error('disk full'), 'disk full'],
    ['disk full', 'disk full'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
  ])('is what was thrown: %s', (error, text) => {
    expect(errorText(error)).toBe(text);
  });

  it.each(unreadable)('answers also for %s', (_name, make) => {
    expect(errorText(make())).toBe('an error that cannot be read');
  });
});
