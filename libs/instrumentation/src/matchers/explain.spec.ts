import { describe, expect, it } from 'vitest';
import { explainFile, explainFunction, written } from './explain.js';
import { facts } from './facts.spec.helper.js';
import { any, decoratedWith, func, inClass, inFile, inPackage, method, subTypeOf } from './matcher.js';

const file = { package: 'express', version: '4.1.0', path: 'lib/router.js' };

describe('explainFile', () => {
  it('names the first predicate over the place that fails, and what is there instead', () => {
    const matcher = inPackage('express@>=5').and(inFile('src/*.js')).and(method('handle'));
    expect(explainFile(matcher.node, file)).toMatchObject({
      predicate: 'inPackage("express@>=5")',
      instead: 'the file is in express 4.1.0',
    });
    expect(explainFile(inFile('src/*.js').node, file)?.instead).toBe('the file is lib/router.js');
    expect(explainFile(inPackage('koa').node, { ...file, package: '' })?.instead).toBe(
      'the file is in no package',
    );
  });

  it('says what an excluded place excludes', () => {
    expect(explainFile(any().and(inPackage('express').not()).node, file)).toEqual({
      predicate: 'inPackage("express").not()',
      instead: 'it does match',
    });
  });

  it('says nothing where the place fits', () => {
    expect(explainFile(inPackage('express').and(method('x')).node, file)).toBeUndefined();
  });
});

describe('explainFunction', () => {
  it('names each predicate that one function does not meet', () => {
    expect(explainFunction(inClass('Shop').and(method('rnu')).node, facts())).toEqual([
      { predicate: 'method("rnu")', instead: 'it is called run', name: 'rnu' },
    ]);
    expect(explainFunction(inClass('Bank').and(func('run')).node, facts())).toMatchObject([
      { predicate: 'inClass("Bank")', instead: 'it is in the class Shop' },
      { predicate: 'func("run")', instead: 'it is a method' },
    ]);
    expect(explainFunction(decoratedWith('Get').node, facts({ decorators: ['Post'] }))).toMatchObject([
      { instead: 'its decorators are Post' },
    ]);
    expect(explainFunction(subTypeOf('Base').node, facts())).toMatchObject([
      { instead: 'Shop extends nothing' },
    ]);
  });

  it('takes the alternative that comes nearest', () => {
    const matcher = inClass('A')
      .and(method('b'))
      .or(inClass('Shop').and(method('c')));
    expect(explainFunction(matcher.node, facts())).toMatchObject([
      { predicate: 'method("c")', instead: 'it is called run' },
    ]);
  });

  it('names nothing for a function that matches', () => {
    expect(explainFunction(inClass('Shop').and(method('x').not()).node, facts())).toEqual([]);
  });
});

describe('written', () => {
  it('writes a matcher as the code that makes it', () => {
    const matcher = inPackage('shop@>=2')
      .and(method('a').or(func('b')))
      .and(inClass('C').not());
    expect(written(matcher.node)).toBe(
      'inPackage("shop@>=2").and(method("a").or(func("b"))).and(inClass("C").not())',
    );
  });
});
