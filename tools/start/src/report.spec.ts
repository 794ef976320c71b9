import { describe, expect, it } from 'vitest';
import { foldersOf } from './app-env.ts';
import { block, placeRows, resultRows, wordsCounted } from './report.ts';

const result = { words: 3, uniqueWords: 2, longestWord: 'word', chunks: 2 };
const rowsOf = (owner: 'private' | 'local' | 'environment', folders?: ReturnType<typeof foldersOf>) =>
  placeRows({
    traceUrl: 'http://127.0.0.1:4/zipkin/traces/a',
    zipkinUrl: 'http://127.0.0.1:4',
    clientUrl: 'http://127.0.0.1:1',
    executorUrl: 'http://127.0.0.1:2',
    exporterUrl: 'http://127.0.0.1:3',
    broker: { owner, url: 'amqp://someone:secret@127.0.0.1:5', description: '' },
    queuePrefix: 'run-1-',
    folders,
  });
const places = (...args: Parameters<typeof rowsOf>) => Object.fromEntries(rowsOf(...args));

describe('the report', () => {
  it('puts values in one column', () => {
    expect(
      block('Title', [
        ['a', '1'],
        ['long', '2'],
      ]),
    ).toBe('Title\n  a     1\n  long  2');
  });

  it('leaves out what the result does not have', () => {
    expect(resultRows(result).map(([label]) => label)).toEqual(['words', 'longest word', 'chunks']);
  });

  it('counts one word as people do', () => {
    expect([0, 1, 2].map(wordsCounted)).toEqual(['0 words counted', '1 word counted', '2 words counted']);
  });

  it('names the folders only of a run that keeps them', () => {
    const folders = ['data', 'logs'];
    expect(Object.keys(places('local', foldersOf('/data')))).toEqual(expect.arrayContaining(folders));
    expect(Object.keys(places('local'))).not.toEqual(expect.arrayContaining(['data']));
  });

  it('begins with the link that opens the trace', () => {
    expect(rowsOf('local').slice(0, 2)).toEqual([
      ['trace', 'http://127.0.0.1:4/zipkin/traces/a'],
      ['traces', 'http://127.0.0.1:4/zipkin/'],
    ]);
  });

  it('leads to the page of each service that shows its spans, under one word', () => {
    const lines = block('Open', rowsOf('local')).split('\n');
    const first = lines.findIndex((line) => line.startsWith('  zPages'));
    expect(lines.slice(first, first + 4)).toEqual([
      '  zPages    http://127.0.0.1:1/zpages/tracez  client',
      '            http://127.0.0.1:2/zpages/tracez  executor',
      '            http://127.0.0.1:3/zpages/tracez  exporter',
      expect.stringContaining('RabbitMQ'),
    ]);
  });

  it('shows words of strangers without terminal controls, and not for ever', () => {
    const rows = resultRows({
      ...result,
      longestWord: `\u001B[2J\u0007${'x'.repeat(99)}`,
      topWords: [['a\nb', 2]],
    });
    const shown = Object.fromEntries(rows);
    expect(shown['longest word']).toMatch(/^ ?x{50,}\.\.\.$/);
    expect(shown['most frequent']).toBe('a b 2');
  });

  it('shows the credentials of our own node and of nobody else', () => {
    expect(places('private')['RabbitMQ']).toContain('someone:secret@');
    expect(places('local')['prefix']).toBe('run-1-');
    expect(places('local')['RabbitMQ']).toBe('amqp://***@127.0.0.1:5');
    expect(places('environment')['RabbitMQ']).not.toContain('secret');
  });
});
