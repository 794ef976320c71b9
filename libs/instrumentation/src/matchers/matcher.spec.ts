import { describe, expect, it } from 'vitest';
import { any, func, inClass, inFile, inPackage, isMatcher, method } from './matcher.js';
import type { Matcher } from './matcher.js';
import { facts } from './facts.spec.helper.js';
import { prepareRules, weaveRules } from './prepare-rules.js';

describe('matchers', () => {
  it('are plain data that JSON keeps', () => {
    const matcher = inPackage('shop@>=2').and(method('run').or(func('go')).not());
    expect(JSON.parse(JSON.stringify(matcher.node))).toEqual(matcher.node);
  });

  it('never change once made', () => {
    const first = inClass('A');
    const text = JSON.stringify(first.node);
    first.and(method('b')).not();
    expect(JSON.stringify(first.node)).toBe(text);
    expect(Object.isFrozen(first) && Object.isFrozen(first.node)).toBe(true);
  });

  it('I12: may join very many names', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `Class${i}`);
    const matcher = names.map(inClass).reduce((sum, next) => sum.or(next));
    const { rulesFor } = prepareRules([{ name: 'many', match: matcher }], { weaver: 1 });
    const { rules } = rulesFor({ package: 'a', version: '', path: 'a.js', format: 'cjs', source: '' });
    const [rule] = weaveRules(rules);
    expect(rule?.matches(facts({ classNames: ['Class4999'] }))).toBe(true);
    expect(rule?.matches(facts({ classNames: ['Class5000'] }))).toBe(false);
  });

  it('are known by a brand, so that one of another copy of the library is one, too', () => {
    expect(isMatcher(any())).toBe(true);
    expect(isMatcher({ node: { is: 'any' } })).toBe(false);
    expect(isMatcher(null)).toBe(false);
  });

  it('refuse an empty text and whatever is no matcher, saying which call got it', () => {
    const code = 'DT_ERR_MATCHER';
    expect(() => inClass('')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('inClass()') }),
    );
    expect(() => inFile('  ')).toThrow(expect.objectContaining({ code }));
    expect(() => inPackage(5 as unknown as string)).toThrow(expect.objectContaining({ code }));
    expect(() => any().and('A' as unknown as Matcher)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('and()') }),
    );
  });
});
