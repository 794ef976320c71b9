import { describe, expect, it } from 'vitest';
import type { FileIdentity } from '../wire/index.js';
import { facts } from './facts.spec.helper.js';
import { any, inClass, inFile, inPackage, Matcher, method, subTypeOf } from './matcher.js';
import { prepareRules, weaveRules } from './prepare-rules.js';

const weaver = 1;
const file: FileIdentity = {
  package: 'shop',
  version: '2.0.0',
  path: 'dist/orders.js',
  format: 'esm',
  source: 'a'.repeat(64),
};
const orders = { name: 'orders', match: inPackage('shop').and(inClass('Orders')) };
const express = { name: 'express', match: inPackage('express@>=5').and(method('handle')) };
const base = { name: 'base', match: subTypeOf('Base').or(subTypeOf('Task')) };
const refusal = (match: Matcher) => () => prepareRules([{ name: 'bad', match }], { weaver });

describe('prepareRules', () => {
  it('gives a file the rules that may touch it, in the order of the interceptors', () => {
    const { rulesFor } = prepareRules([base, express, orders], { weaver });
    expect(rulesFor(file).rules.map(({ name }) => name)).toEqual(['base', 'orders']);
  });

  it('marks no file that no rule may touch', () => {
    expect(prepareRules([express], { weaver }).rulesFor(file)).toEqual({ rules: [], key: null });
  });

  it('I18: gives the same content the same key in any place where the same is left to ask, and another elsewhere', () => {
    const { rulesFor } = prepareRules([orders, express], { weaver });
    const { key } = rulesFor(file);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(rulesFor({ ...file, path: 'other/place.js' }).key).toBe(key);
    expect(rulesFor({ ...file, version: '9.9.9' }).key).toBe(key);
    expect(rulesFor({ ...file, package: 'express', version: '5.1.0' }).key).not.toBe(key);
    expect(rulesFor({ ...file, package: 'bank' }).key).toBeNull();
    expect(rulesFor({ ...file, source: 'b'.repeat(64) }).key).not.toBe(key);
    expect(rulesFor({ ...file, format: 'cjs' }).key).not.toBe(key);
  });

  it('I20: keeps the keys of files that a changed rule does not match, and changes those it does', () => {
    const before = prepareRules([orders, express], { weaver });
    const changed = { ...express, match: inPackage('express@>=5').and(method('next')) };
    const after = prepareRules([orders, changed], { weaver });
    expect(after.rulesFor(file).key).toBe(before.rulesFor(file).key);
    const router = { ...file, package: 'express', version: '5.1.0' };
    expect(after.rulesFor(router).key).not.toBe(before.rulesFor(router).key);
    expect(after.rulesHash).not.toBe(before.rulesHash);
    expect(prepareRules([orders, express], { weaver }).rulesHash).toBe(before.rulesHash);
  });

  it('gives other keys for another version of the weaver', () => {
    const [one, two] = [1, 2].map((weaver) => prepareRules([orders], { weaver }));
    expect(one!.rulesFor(file).key).not.toBe(two!.rulesFor(file).key);
    expect(one!.rulesHash).not.toBe(two!.rulesHash);
  });

  it('gives other keys and hashes where advice becomes a replacement, which needs another form', () => {
    const [advice, replacement] = [undefined, () => 1].map((replace) =>
      prepareRules([{ ...orders, replace }], { weaver }),
    );
    expect(advice!.rulesFor(file).rules[0]?.replaces).toBe(false);
    expect(weaveRules(replacement!.rulesFor(file).rules)[0]?.replaces).toBe(true);
    expect(replacement!.rulesFor(file).key).not.toBe(advice!.rulesFor(file).key);
    expect(replacement!.rulesHash).not.toBe(advice!.rulesHash);
    expect(replacement!.rules[0]?.hash).not.toBe(advice!.rules[0]?.hash);
  });

  it('makes rules that the weaver can ask, also after a way through a worker thread', () => {
    const { rulesFor } = prepareRules([orders, base], { weaver });
    const [first, second] = weaveRules(structuredClone(rulesFor(file).rules));
    expect(first?.matches(facts({ classNames: ['Orders'] }))).toBe(true);
    expect(first?.matches(facts())).toBe(false);
    expect(second?.matches(facts({ superClasses: ['Mid'] }))).toEqual({ subTypeOf: ['Base', 'Task'] });
  });

  it('I11: refuses a rule that cannot work, naming the interceptor and what to do', () => {
    expect(refusal(inPackage('express@banana'))).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_MATCH_VERSION',
        message: expect.stringContaining('Interceptor bad'),
      }),
    );
    const codes = [
      [inPackage('express@'), 'DT_ERR_MATCH_VERSION'],
      [inPackage('@nestjs/*'), 'DT_ERR_MATCH_PACKAGE'],
      [any().and(inFile('/srv/*.js')).or(inClass('A')), 'DT_ERR_MATCH_GLOB'],
      [inFile('src/{a').not(), 'DT_ERR_MATCH_GLOB'],
      [any().not().and(inClass('A')), 'DT_ERR_MATCH_EMPTY'],
      [new Matcher({ is: 'newer' } as never).or(any()), 'DT_ERR_MATCHER'],
      [subTypeOf('A').not(), 'DT_ERR_MATCH_SUBTYPE'],
      [subTypeOf('A').and(subTypeOf('B').or(method('x'))), 'DT_ERR_MATCH_SUBTYPE'],
    ] as const;
    for (const [match, code] of codes) {
      expect(refusal(match)).toThrow(expect.objectContaining({ code }));
    }
  });

  it('takes subTypeOf beside anything, and alternatives of it', () => {
    expect(refusal(subTypeOf('A').or(subTypeOf('B')).and(method('x').not()))).not.toThrow();
    expect(refusal(subTypeOf('A').not().not())).not.toThrow();
  });

  it('refuses two interceptors of one name', () => {
    expect(() => prepareRules([orders, { ...express, name: 'orders' }], { weaver })).toThrow(
      expect.objectContaining({ code: 'DT_ERR_INTERCEPTOR_NAME' }),
    );
  });
});
