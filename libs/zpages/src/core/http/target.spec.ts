import { describe, expect, it } from 'vitest';
import { MAX_URL_LENGTH, parseTarget, queryString } from './target.js';

describe('a request target', () => {
  it('is a path and its parameters, the first of several with one name', () => {
    const { path, parameters } = parseTarget('/tracez?name=a+b%2Bc&x&name=other&=&q=%26');
    expect(path).toBe('/tracez');
    expect([...parameters]).toEqual([
      ['name', 'a b+c'],
      ['x', ''],
      ['', ''],
      ['q', '&'],
    ]);
  });

  it('may come in the absolute form, with a fragment, and without a slash', () => {
    expect(parseTarget('http://localhost:1/tracez?a=1#x').path).toBe('/tracez');
    expect(parseTarget('?a=1').path).toBe('/');
  });

  it('may hold bytes that a client did not escape', () => {
    const raw = Buffer.from('日本').toString('latin1');
    expect(parseTarget(`/tracez?name=${raw}`).parameters.get('name')).toBe('日本');
    expect(parseTarget('/tracez?name=日').parameters.get('name')).toBe('日');
  });

  it('does not pollute prototypes', () => {
    const { parameters } = parseTarget('/?__proto__=x&constructor=y');
    expect(parameters.get('__proto__')).toBe('x');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('has a longest length', () => {
    expect(parseTarget(`/${'a'.repeat(MAX_URL_LENGTH - 1)}`).path).toHaveLength(MAX_URL_LENGTH);
    expect(() => parseTarget(`/${'a'.repeat(MAX_URL_LENGTH)}`)).toThrow(
      expect.objectContaining({ status: 414 }),
    );
  });

  it('is written with what is defined', () => {
    expect(queryString({ a: 'x y', b: undefined, c: 0, d: '' })).toBe('?a=x%20y&c=0&d=');
    expect(queryString({ a: undefined })).toBe('');
  });
});
