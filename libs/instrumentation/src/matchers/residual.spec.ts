import { describe, expect, it } from 'vitest';
import { any, inClass, inFile, inPackage, method } from './matcher.js';
import { residual, residualKey } from './residual.js';

const file = { package: 'express', version: '5.1.0', path: 'lib/router.js' };
const orders = inClass('Orders');

describe('residual', () => {
  it('is never where package, version or path do not fit', () => {
    expect(residual(inPackage('koa').and(orders), file)).toEqual({ is: 'none' });
    expect(residual(inPackage('express@<5').and(orders), file)).toEqual({ is: 'none' });
    expect(residual(inFile('src/*.js').and(orders), file)).toEqual({ is: 'none' });
  });

  it('is always where nothing is asked of functions', () => {
    expect(residual(inPackage('express@>=5').and(inFile('lib/**')), file)).toEqual({ is: 'any' });
    expect(residual(inPackage('koa').not(), file)).toEqual({ is: 'any' });
    expect(residual(any(), file)).toEqual({ is: 'any' });
  });

  it('is what is asked of functions otherwise', () => {
    expect(residual(inPackage('express').and(orders), file)).toEqual(orders.node);
    expect(residual(inPackage('koa').or(orders), file)).toEqual(orders.node);
    expect(residual(inPackage('koa').and(method('x')).or(orders.not()), file)).toEqual({
      is: 'not',
      of: orders.node,
    });
  });

  it('takes a package without a version only where no range is given, and pre-releases of 5 as 5', () => {
    const at = (version: string) => ({ ...file, version });
    expect(residual(inPackage('express'), at(''))).toEqual({ is: 'any' });
    expect(residual(inPackage('express@>=1'), at(''))).toEqual({ is: 'none' });
    expect(residual(inPackage('express@>=5 <6'), at('5.2.0-beta.1'))).toEqual({ is: 'any' });
    expect(residual(inPackage('express@>=5'), at('5.0.0-beta.1'))).toEqual({ is: 'any' });
    expect(residual(inPackage('express@>=5'), at('4.9.9'))).toEqual({ is: 'none' });
  });

  it('reads the name of a scoped package', () => {
    const nest = { ...file, package: '@nestjs/core', version: '12.5.1' };
    expect(residual(inPackage('@nestjs/core'), nest)).toEqual({ is: 'any' });
    expect(residual(inPackage('@nestjs/core@^12'), nest)).toEqual({ is: 'any' });
    expect(residual(inPackage('@nestjs/core@^11'), nest)).toEqual({ is: 'none' });
  });
});

describe('residualKey', () => {
  it('is one text for matchers that differ in writing only', () => {
    const [a, b, c] = [inClass('A'), method('b'), inPackage('c')];
    const written = [
      a.and(b).and(any()),
      b.and(a),
      a.and(b.and(a)),
      a.and(b).not().not(),
      a.and(b).or(c.and(c.not()).and(any().not())),
    ];
    expect(new Set(written.map(({ node }) => residualKey(node))).size).toBe(1);
  });

  it('differs for what is asked differently, and for names that look like the text itself', () => {
    const all = [
      inClass('A'),
      inClass('A").method("b'),
      inClass('A').and(method('b')),
      inClass('A').or(method('b')),
      inClass('A').not(),
    ];
    expect(new Set(all.map(({ node }) => residualKey(node))).size).toBe(all.length);
  });
});
