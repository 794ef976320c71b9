import { describe, expect, it } from 'vitest';
import { parseStack, runsOf, runTitle } from './stack.js';

const STACK = `Error: no such table: results
    at Store.insert (/srv/app/dist/store.js:58:15)
    at async ExportService.export (file:///srv/app/dist/export.service.js:33:5)
    at /srv/app/dist/main.js:9:1
    at async ServerRMQ.handleMessage (/srv/app/node_modules/@nestjs/microservices/server/server-rmq.js:212:9)
    at Object.<anonymous> (C:\\app\\node_modules\\amqplib\\lib\\channel.js:98:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)
    at new Promise (<anonymous>)
    at async Promise.all (index 0)`;

describe('parseStack', () => {
  it('takes calls and places apart and says whose they are', () => {
    const { head, frames } = parseStack(STACK);
    expect(head).toBe('Error: no such table: results');
    expect(frames.map(({ origin, call, place, packageName }) => [origin, call, place, packageName])).toEqual([
      ['app', 'Store.insert', '/srv/app/dist/store.js:58:15', undefined],
      ['app', 'ExportService.export', '/srv/app/dist/export.service.js:33:5', undefined],
      ['app', undefined, '/srv/app/dist/main.js:9:1', undefined],
      [
        'package',
        'ServerRMQ.handleMessage',
        '/srv/app/node_modules/@nestjs/microservices/server/server-rmq.js:212:9',
        '@nestjs/microservices',
      ],
      ['package', 'Object.<anonymous>', 'C:\\app\\node_modules\\amqplib\\lib\\channel.js:98:5', 'amqplib'],
      ['node', 'process.processTicksAndRejections', 'node:internal/process/task_queues:104:5', undefined],
      ['node', 'new Promise', '<anonymous>', undefined],
      ['node', 'Promise.all', 'index 0', undefined],
    ]);
  });

  it('takes stacks without a message, as the exporter sends them, and Firefox’s', () => {
    expect(parseStack('at a (/x/y.js:1:2)\nat /x/z.js:3:4')).toMatchObject({
      head: '',
      frames: [{ call: 'a', place: '/x/y.js:1:2' }, { place: '/x/z.js:3:4' }],
    });
    expect(parseStack('load@http://localhost/app.js:1:2\n@http://localhost/app.js:9:1').frames).toMatchObject(
      [
        { call: 'load', place: 'http://localhost/app.js:1:2', origin: 'app' },
        { place: 'http://localhost/app.js:9:1', origin: 'app' },
      ],
    );
  });

  it('names the innermost package of nested ones', () => {
    expect(
      parseStack('at f (/a/node_modules/outer/node_modules/@in/ner/x.js:1:1)').frames[0]!.packageName,
    ).toBe('@in/ner');
  });

  it('keeps the lines of a cause that stand between frames, and text without frames', () => {
    const { frames } = parseStack(`${STACK}\nCaused by: disk full\n    at write (/srv/app/dist/io.js:1:1)`);
    expect(frames.at(-2)).toEqual({ text: 'Caused by: disk full', origin: 'unknown' });
    expect(parseStack('nothing\nmuch')).toEqual({ head: 'nothing\nmuch', frames: [] });
  });

  it.each([
    ['calls', 'at ', 'a (', 'y'],
    ['calls that end', 'at ', 'a (', ')'],
    ['blanks', 'at x', ' ', 'y'],
    ['blanks before a line end of its own', 'at', ' ', '\u2028'],
    ['places', '', '@http', 'y'],
    ['places with a line', '', '@htt', ':1:1'],
    ['packages', 'at /', 'node_modules/a/', ''],
    ['numbers', '@http', ':1', 'x'],
    ['async', 'at ', 'async ', 'y'],
  ])('takes time in proportion to the text: %s', (_, start, part, end) => {
    // As many lines as are looked at, each as long as is looked at.
    const line = (length: number) => start + part.repeat(Math.floor((length - 20) / part.length)) + end;
    const hostile = [...Array.from({ length: 1000 }, () => line(2000)), line(1_000_000)].join('\n');
    const began = process.cpuUsage();
    parseStack(hostile);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(0.6);
  });

  it('cuts long lines and long lists', () => {
    const { frames } = parseStack(`at ${'x'.repeat(5000)}\n${'at a (/b.js:1:1)\n'.repeat(3000)}`);
    expect(frames).toHaveLength(1001);
    expect(frames[0]).toMatchObject({
      origin: 'unknown',
      text: expect.stringMatching(/x… 3003 characters more$/),
    });
    expect(frames.at(-1)!.text).toBe('… and 2002 lines more');
  });
});

describe('runsOf', () => {
  it('folds what is not the application’s', () => {
    const runs = runsOf(parseStack(STACK).frames);
    expect(runs.map(({ isApp, frames }) => [isApp, frames.length])).toEqual([
      [true, 3],
      [false, 5],
    ]);
    expect(runTitle(runs[1]!)).toBe('5 frames of @nestjs/microservices, amqplib and 1 more');
  });

  it('folds nothing when nothing else would be left', () => {
    const runs = runsOf(parseStack('at a (/node_modules/x/y.js:1:1)\nat b (node:fs:1:1)').frames);
    expect(runs.map(({ isApp }) => isApp)).toEqual([true]);
  });
});
