import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches, globPattern, globProblem } from './glob.js';

const admits = (glob: string, path: string) => new RegExp(globPattern(glob)).test(path);

const globPart = fc.constantFrom(
  'a',
  'b.js',
  '*',
  '*.js',
  '**',
  '?',
  'a?',
  '[ab]',
  '[!a]',
  '[a-c].js',
  '{a,b}',
  '{a,b.js}',
  '.x',
  '!(a)',
  '+(a|b)',
  '@(a|b).js',
  'a[',
  'a]b',
  '[[:alpha:]]',
  '*a*',
  '$^.',
  '(a)',
  '{a,{b,.x}}',
  '😀',
  '**a',
);
const pathPart = fc.constantFrom(
  'a',
  'b',
  'b.js',
  'ab',
  'a.js',
  '.x',
  'x',
  '$^.',
  '😀',
  'a[',
  'a]b',
  '(a)',
  'ba',
);

describe('globPattern', () => {
  it('lets through every path that the glob matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(
        fc.array(globPart, { minLength: 1, maxLength: 3 }),
        fc.array(pathPart, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (globParts, pathParts, dotSlash) => {
          const glob = (dotSlash ? './' : '') + globParts.join('/');
          const path = pathParts.join('/');
          if (!globMatches(glob, path)) return;
          matched++;
          expect(admits(glob, path), `${glob} ${path}`).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(matched).toBeGreaterThan(500);
  });

  it('I12: comes to an end for a glob that could be tried in very many ways', () => {
    const name = 'a'.repeat(250);
    expect(admits(`${'*a'.repeat(20)}b`, name)).toBe(false);
    expect(admits(`${'**/a/'.repeat(12)}b`, `${'a/'.repeat(60)}c`)).toBe(false);
    expect(admits(`{${'**/*a*a*a,'.repeat(30)}b}`, `${name}/${name}/${name}!`)).toBe(false);
  });

  it('is as narrow as the glob where no class or extended glob widens it', () => {
    for (const [glob, path] of [
      ['src/*.js', 'src/deep/a.js'],
      ['src/*.js', 'src/a.ts'],
      ['src/**/*.js', 'lib/a.js'],
      ['{src,lib}/a.js', 'dist/a.js'],
      ['a.js', 'aXjs'],
    ] as const) {
      expect(globMatches(glob, path)).toBe(false);
      expect(admits(glob, path), `${glob} ${path}`).toBe(false);
    }
  });
});

describe('globMatches', () => {
  it('matches files that start with a dot', () => {
    expect(globMatches('**/*.js', '.next/server/a.js')).toBe(true);
  });

  it('takes a glob that starts at the package by ./', () => {
    expect(globMatches('./src/*.js', 'src/a.js')).toBe(true);
  });

  it('reads # and ! as themselves', () => {
    expect(globMatches('#a.js', '#a.js')).toBe(true);
  });
});

describe('globProblem', () => {
  it.each([
    ['!src/*.js', 'starts with !'],
    ['/srv/app/*.js', 'absolute'],
    ['C:/app/*.js', 'absolute'],
    [String.raw`src\*.js`, 'backslash'],
    ['src/', 'write src/**'],
    ['../other/*.js', '..'],
    ['{src,lib/*.js', 'do not pair up'],
    ['src/[a.js', 'do not pair up'],
    ['{a,b}'.repeat(11), 'more than 1000'],
    [`${'a'.repeat(70_000)}`, 'cannot be read'],
  ])('tells what is wrong with %s', (glob, part) => {
    expect(globProblem(glob)).toContain(part);
  });

  it.each(['src/*.js', '**', './dist/**/*.{js,mjs}', '@(a|b).js', 'main.js'])('takes %s', (glob) => {
    expect(globProblem(glob)).toBeUndefined();
  });
});
