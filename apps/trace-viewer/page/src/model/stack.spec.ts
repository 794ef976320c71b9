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

  it('takes any text in no time', () => {
    const hostile = `at ${'('.repeat(50_000)}\n${'at async '.repeat(5000)}\n${'/node_modules/'.repeat(5000)}@x:1`;
    expect(parseStack(hostile).frames.length).toBeLessThan(5);
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
