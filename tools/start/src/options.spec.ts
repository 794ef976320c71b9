import { describe, expect, it } from 'vitest';
import { StartError } from './errors.ts';
import { parseOptions } from './options.ts';

function refusalOf(...args: string[]): StartError {
  try {
    parseOptions(args);
  } catch (error) {
    return error as StartError;
  }
  throw new Error('was accepted');
}

describe('options', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      once: false,
      untraced: false,
      file: undefined,
      out: undefined,
      portBase: 3000,
      viewerPort: 9411,
      zipkin: undefined,
    });
  });

  it('are read', () => {
    const args = [
      '--once',
      '--untraced',
      '--file',
      'a b.txt',
      '--out=trace.json',
      '--port-base',
      '4000',
      '--viewer-port',
      '4411',
      '-h',
    ];
    expect(parseOptions(args)).toEqual({
      help: true,
      once: true,
      untraced: true,
      file: 'a b.txt',
      out: 'trace.json',
      portBase: 4000,
      viewerPort: 4411,
      zipkin: undefined,
    });
  });

  it.each([
    ['http://127.0.0.1:9411', 'http://127.0.0.1:9411'],
    ['https://zipkin.example/zipkin/', 'https://zipkin.example'],
  ])('take a Zipkin: %s', (given, zipkin) => {
    expect(parseOptions(['--zipkin', given]).zipkin).toBe(zipkin);
  });

  it.each([
    [['--port-base', '65534'], '--port-base takes a whole number from 1 to 65533, got '],
    [['--port-base', '0'], 'Give one such as 3000'],
    [['--port-base', '3e3'], `got '3e3'`],
    [['--port-base=-1'], `got '-1'`],
    [['--port-base'], 'argument missing'],
    [['--keep'], `got: --keep. Unknown option '--keep'. See npm start -- --help.`],
    [['extra'], 'got: extra'],
    [['--once=yes'], `does not take an argument`],
    [['--viewer-port', '0'], '--viewer-port takes a whole number from 1 to 65535, got '],
    [['--zipkin', '127.0.0.1:9411'], `--zipkin takes a URL such as http://127.0.0.1:9411, without path`],
    [['--zipkin', 'http://zipkin:9411/api/v2/spans'], `got 'http://zipkin:9411/api/v2/spans'`],
    [['--zipkin', 'http://someone:secret@zipkin:9411'], `got 'http://***@zipkin:9411'`],
    [['--zipkin', 'http://zipkin:9411', '--viewer-port', '1'], 'exclude each other'],
    [['--file', ''], '--file takes the path of a file, got an empty text'],
  ])('%j are refused with exit code 2 and a reason', (args, text) => {
    const refusal = refusalOf(...args);
    expect(refusal.message).toContain(text);
    expect([refusal.code, refusal.exitCode]).toEqual(['DT_ERR_START_OPTION', 2]);
  });
});
