import { describe, expect, it } from 'vitest';
import { acceptedFormat, formatOf } from './negotiate.js';

describe('the format of an answer', () => {
  it.each([
    [undefined, 'html'],
    ['', 'html'],
    ['*/*', 'html'],
    ['application/json', 'json'],
    ['text/plain', 'text'],
    ['text/*', 'html'],
    ['image/png', 'html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['text/html;q=0.5, application/json', 'json'],
    ['text/html;q=0, text/plain;q=0.1, */*;q=0.05', 'text'],
    ['APPLICATION/JSON; charset=utf-8', 'json'],
    ['application/json;q=nonsense, text/plain;q=0.1', 'text'],
  ] as const)('for Accept %s is %s', (accept, format) => {
    expect(acceptedFormat(accept)).toBe(format);
  });

  it('is the fallback where all are as welcome', () => {
    expect(acceptedFormat('*/*', 'json')).toBe('json');
    expect(acceptedFormat(undefined, 'json')).toBe('json');
  });

  it('can be named', () => {
    expect(formatOf('text')).toBe('text');
    expect(formatOf(undefined)).toBeUndefined();
    expect(() => formatOf('constructor')).toThrow('format is html, json or text, got "constructor"');
  });
});
