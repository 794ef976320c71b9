import { describe, expect, it } from 'vitest';
import { any, func, inClass, inPackage, method, subTypeOf } from '../matchers/index.js';
import { weave } from '../weaver/index.js';
import { defineInterceptor } from './define-interceptor.js';
import { Interceptor } from './interceptor.js';
import { testInterceptor } from './test-interceptor.js';

describe('testInterceptor', () => {
  it('says which hooks ran, with what', async () => {
    const orders = defineInterceptor({ name: 'orders', match: inClass('Orders'), onEnter() {} });
    const { exports, seen, functions } = testInterceptor<{ orders: Record<string, (x: number) => unknown> }>(
      `class Orders {
        place(id) { return id + 1; }
        async send(id) { throw new Error('closed ' + id); }
      }
      exports.orders = new Orders();`,
      orders,
    );
    expect(functions).toEqual(['Orders.place', 'Orders.send']);
    expect(exports.orders['place']?.(1)).toBe(2);
    await expect(exports.orders['send']?.(5)).rejects.toThrow('closed 5');
    expect(seen.map(({ hook, function: fn, args, value }) => [hook, fn, args, String(value)])).toEqual([
      ['onEnter', 'Orders.place', [1], 'undefined'],
      ['onExit', 'Orders.place', [1], '2'],
      ['onEnter', 'Orders.send', [5], 'undefined'],
      ['onError', 'Orders.send', [5], 'Error: closed 5'],
    ]);
  });

  it('says which interceptors match nothing, and what the interceptors threw', () => {
    const typo = defineInterceptor({ name: 'typo', match: func('strat'), onEnter() {} });
    const broken = defineInterceptor({
      name: 'broken',
      match: func('start'),
      onEnter() {
        throw new Error('mine');
      },
    });
    const { exports, unmatched, problems } = testInterceptor(
      'exports.start = function start() { return 1; };',
      [typo, broken],
    );
    expect(exports['start']?.()).toBe(1);
    expect(unmatched).toEqual(['typo']);
    expect(problems).toMatchObject([{ interceptor: 'broken', error: { message: 'mine' } }]);
  });

  it('pretends to be the file that it is told', () => {
    const express = defineInterceptor({
      name: 'x',
      match: inPackage('express@>=5').and(func('f')),
      onEnter() {},
    });
    const source = 'exports.f = function f() {};';
    expect(testInterceptor(source, express).functions).toEqual([]);
    expect(
      testInterceptor(source, express, { file: { package: 'express', version: '5.1.0' } }).functions,
    ).toEqual(['f']);
  });

  it('gives the code require and the names it is given', () => {
    const every = defineInterceptor({ name: 'x', match: any(), onEnter() {} });
    const { exports } = testInterceptor(
      `exports.f = () => require('node:path').basename(__filename) + extra;`,
      every,
      { globals: { extra: '!' } },
    );
    expect(exports['f']?.()).toBe('index.js!');
  });

  it('I12: a rule that matches everything does not match what it made itself', () => {
    const every = defineInterceptor({ name: 'every', match: any(), onEnter() {} });
    const { code, functions } = testInterceptor('exports.f = () => [1].map((x) => x);', every);
    expect(functions).toHaveLength(2);
    expect(
      weave(code, {
        path: 'x.js',
        format: 'cjs',
        rules: [{ name: 'every', replaces: false, matches: () => true }],
      }),
    ).toMatchObject({
      code,
      probes: [],
      report: { refused: [{ code: 'name-taken' }] },
    });
  });

  it('I15: a replacement skips the call, changes its result, and is told apart by sub-type', () => {
    const names: string[] = [];
    class BaseInterceptor extends Interceptor {
      readonly match = subTypeOf('Base').and(method('run'));
      override replace(call: { readonly self: unknown }, proceed: () => unknown): unknown {
        const { name } = (call.self as object).constructor;
        names.push(name);
        return name === 'Skipped' ? 'skipped' : `Instrumented by Base (${String(proceed())})`;
      }
    }
    const { exports } = testInterceptor<Record<string, new () => { run(): string }>>(
      `class Base { run() { return 'Base task'; } }
      class Sub extends Base { run() { return 'Sub task'; } }
      class Skipped extends Sub { run() { throw new Error('ran'); } }
      class Stranger { run() { return 'Stranger task'; } }
      Object.assign(exports, { Base, Sub, Skipped, Stranger });`,
      BaseInterceptor,
    );
    const run = (name: string) => new exports[name]!().run();
    expect(run('Base')).toBe('Instrumented by Base (Base task)');
    expect(run('Sub')).toBe('Instrumented by Base (Sub task)');
    expect(run('Skipped')).toBe('skipped');
    expect(run('Stranger')).toBe('Stranger task');
    expect(names).toEqual(['Base', 'Sub', 'Skipped']);
  });

  it('I15: decides about a class that extends an unknown one for each receiver', () => {
    const base = defineInterceptor({
      name: 'base',
      match: subTypeOf('Base').and(method('run')),
      replace: (_call, proceed) => `Instrumented by Base (${String(proceed())})`,
    });
    class Base {
      readonly mine = true;
    }
    class Other {
      readonly mine = false;
    }
    const classes = (parent: object) =>
      testInterceptor<{ Task: new () => { run(): string } }>(
        `exports.Task = class Task extends parent { run() { return 'task'; } };`,
        base,
        { globals: { parent } },
      ).exports.Task;
    expect(new (classes(Base))().run()).toBe('Instrumented by Base (task)');
    expect(new (classes(Other))().run()).toBe('task');
  });
});
