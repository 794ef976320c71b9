import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { sourceOf } from './testing/real-files.js';
import { wovenRequire } from './testing/woven-require.js';
import type { Require } from './testing/woven-require.js';

type Fn = (...args: unknown[]) => unknown;
type Obj = Record<string, Fn> & (new (...args: unknown[]) => Record<string, unknown>);
const plain = createRequire(import.meta.url);
const OWN_SOURCE = sourceOf(plain.resolve('acorn'));

/** What a library does, as plain data. */
const WORK: Record<string, (load: Require) => unknown> = {
  acorn: (load) => {
    const { parse } = load('acorn') as { parse: Fn };
    return JSON.stringify(
      parse(OWN_SOURCE, { ecmaVersion: 'latest', locations: true }),
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
  },
  semver: (load) => {
    const semver = load('semver') as Obj;
    const versions = ['1.2.3', '2.0.0-rc.1', '1.10.0', 'v3.0.0', 'nope', '0.0.1-alpha+b'];
    const ranges = ['^1', '>=1.2 <2 || 3.x', '~1.10', '*', '2.0.0-rc.0 - 2.0.0'];
    return [
      versions.map((version) => [
        semver['valid']!(version),
        ranges.map((range) => semver['satisfies']!(version, range)),
      ]),
      ranges.map((range) => [semver['validRange']!(range), String(semver['minVersion']!(range))]),
      semver['rsort']!(['1.0.0', '3.0.0', '2.0.0']),
      semver['inc']!('1.2.3-beta.1', 'prerelease', 'beta'),
    ];
  },
  minimatch: (load) => {
    const { minimatch } = load('minimatch') as { minimatch: Fn };
    const patterns = ['**/*.js', 'a/{b,c}/**', '!(x|y)', '[[:alpha:]]*', '+(a|b)?', '.*', '**'];
    const paths = ['a.js', 'a/b/c.js', 'x', 'z', '.hidden', 'aab', 'a/c/d/e'];
    return patterns.map((pattern) => paths.map((path) => minimatch(path, pattern, { dot: true })));
  },
  'reflect-metadata': (load) => {
    // It adds to the one `Reflect`: each turn starts without.
    Reflect.deleteProperty(plain.cache, plain.resolve('reflect-metadata'));
    const metadata = Object.getOwnPropertyDescriptors(Reflect);
    load('reflect-metadata');
    const { defineMetadata, getMetadata, getMetadataKeys, decorate } = Reflect as unknown as Record<
      string,
      Fn
    >;
    class A {
      x = 1;
    }
    class B extends A {}
    defineMetadata!('k', 'value', A);
    defineMetadata!('k', 'own', A.prototype, 'm');
    const answer = [
      getMetadata!('k', B),
      getMetadataKeys!(B.prototype, 'm'),
      decorate!([(x: unknown) => x], A) === A,
    ];
    for (const key of Reflect.ownKeys(Reflect)) if (!(key in metadata)) Reflect.deleteProperty(Reflect, key);
    return answer;
  },
  rxjs: async (load) => {
    const rx = load('rxjs') as Obj & Record<string, unknown>;
    const log: unknown[] = [];
    const subject = new (rx['Subject'] as unknown as new () => Record<string, Fn>)();
    const pipe = (source: unknown, ...operators: unknown[]) => (source as { pipe: Fn }).pipe(...operators);
    (
      pipe(
        subject,
        rx['scan']!((a: unknown, b: unknown) => (a as number) + (b as number), 0),
        rx['map']!((x: unknown) => [x]),
      ) as { subscribe: Fn }
    ).subscribe((x: unknown) => log.push(x));
    subject['next']!(1);
    subject['next']!(2);
    log.push(
      await rx['firstValueFrom']!(
        pipe(
          rx['range']!(1, 10),
          rx['filter']!((x: unknown) => (x as number) % 2 === 0),
          rx['mergeMap']!((x: unknown) => Promise.resolve(x)),
          rx['toArray']!(),
        ),
      ),
    );
    log.push(
      await (
        rx['lastValueFrom']!(rx['throwError']!(() => new TypeError('thrown'))) as Promise<unknown>
      ).catch(String),
    );
    log.push(
      await rx['firstValueFrom']!(
        pipe(
          rx['timer']!(1),
          rx['switchMap']!(() => rx['of']!('switched')),
        ),
      ),
    );
    return log;
  },
  ajv: (load) => {
    const { default: Ajv } = load('ajv') as {
      default: new (options: object) => { compile(schema: object): Fn & { errors?: unknown } };
    };
    const validate = new Ajv({ allErrors: true }).compile({
      type: 'object',
      properties: {
        a: { type: 'integer', minimum: 2 },
        b: { type: 'array', items: { enum: [1, 'x'] }, uniqueItems: true },
      },
      required: ['a'],
      additionalProperties: false,
    });
    return [{ a: 2 }, { a: 1, b: [1, 1, 3] }, {}, { a: 5, c: 1 }].map((value) => [
      validate(value),
      JSON.stringify(validate.errors),
    ]);
  },
  'path-to-regexp': (load) => {
    const { match, compile } = load('path-to-regexp') as Record<string, (pattern: string) => Fn>;
    return [match!('/a/:b{/:c}')('/a/x/y'), match!('/*rest')('/q/w/e'), compile!('/a/:b')({ b: 'z' })];
  },
  qs: (load) => {
    const qs = load('qs') as Obj;
    return [
      qs['parse']!('a[b][]=1&a[b][]=2&c=%20x&d[0]=y'),
      qs['stringify']!({ a: { b: [1, 2] }, c: 'x y', d: null }),
    ];
  },
  'js-yaml': (load) => {
    const yaml = load('js-yaml') as Obj;
    return [
      yaml['load']!('a: &x [1, 2.5, null]\nb: *x\nc: |\n  text\n  more\n'),
      yaml['dump']!({ a: [1, { b: 'x: y' }], d: new Date(0) }),
    ];
  },
};

describe.each(['off', 'on'] as const)('libraries with every function woven, probes %s', (state) => {
  it.each(Object.keys(WORK))('%s does what it does', { timeout: 60_000 }, async (name) => {
    const before = await WORK[name]!(plain);
    const woven = wovenRequire(import.meta.filename, state);
    expect(await WORK[name]!(woven.require)).toEqual(before);
    expect(woven.functions()).toBeGreaterThan(5);
  });
});
