import { describe, expect, it } from 'vitest';
import { readViewerConfig } from './config.js';
import { ViewerError } from './errors.js';

describe('readViewerConfig', () => {
  it('listens on 9411 of this machine and leaves the rest to the defaults', () => {
    const { port, host, options } = readViewerConfig({});
    expect([port, host]).toEqual([9411, '127.0.0.1']);
    expect(options).toEqual({
      endsWithParent: false,
      autocompleteKeys: [],
      allowedHosts: ['127.0.0.1'],
      allowedOrigins: [],
    });
  });

  it('takes what the environment says, by the names that Zipkin has', () => {
    const { port, host, options } = readViewerConfig({
      QUERY_PORT: '9999',
      DISTRACE_PARENT_PID: '42',
      HOST: 'Viewer.internal',
      MEM_MAX_SPANS: '1000',
      STRICT_TRACE_ID: 'false',
      AUTOCOMPLETE_KEYS: 'env, zone',
      QUERY_LOOKBACK: '60000',
      DISTRACE_VIEWER_FILE: '/data/spans.db',
      DISTRACE_VIEWER_MAX_BYTES: '10000000',
      DISTRACE_VIEWER_MAX_BODY_BYTES: '2048',
      DISTRACE_VIEWER_ALLOWED_HOSTS: 'Traces.example, viewer',
      DISTRACE_VIEWER_ALLOWED_ORIGINS: 'http://localhost:3000',
      RABBIT_ADDRESSES: 'a:5672,b',
      RABBIT_USER: 'me',
      RABBIT_PASSWORD: 'p@ss',
      RABBIT_VIRTUAL_HOST: 'v/h',
      RABBIT_QUEUE: 'spans',
    });
    expect([port, host]).toEqual([9999, 'Viewer.internal']);
    expect(options).toEqual({
      endsWithParent: true,
      maxSpans: 1000,
      maxBytes: 10_000_000,
      strictTraceId: false,
      autocompleteKeys: ['env', 'zone'],
      lookbackMs: 60_000,
      file: '/data/spans.db',
      maxBodyBytes: 2048,
      allowedHosts: ['traces.example', 'viewer', 'viewer.internal'],
      allowedOrigins: ['http://localhost:3000'],
      rabbit: { urls: ['amqp://me:p%40ss@a:5672/v%2Fh', 'amqp://me:p%40ss@b/v%2Fh'], queue: 'spans' },
    });
  });

  it('prefers PORT to QUERY_PORT and RABBIT_URI to its parts', () => {
    expect(readViewerConfig({ PORT: '1', QUERY_PORT: '2' }).port).toBe(1);
    const { rabbit } = readViewerConfig({ RABBIT_URI: 'amqps://x/', RABBIT_ADDRESSES: 'y' }).options;
    expect(rabbit?.urls).toEqual(['amqps://x/']);
  });

  it.each([
    [
      { PORT: '80x' },
      "PORT must be a whole number from 0 to 65535, instead got '80x'. Change the variable or unset it.",
    ],
    [{ QUERY_PORT: '70000' }, 'QUERY_PORT'],
    [{ MEM_MAX_SPANS: '0' }, 'MEM_MAX_SPANS must be a whole number from 1'],
    [{ STRICT_TRACE_ID: 'no' }, 'true or false'],
    [{ DISTRACE_VIEWER_ALLOWED_HOSTS: 'http://x' }, 'without scheme and port'],
    [{ DISTRACE_VIEWER_ALLOWED_ORIGINS: 'localhost:3000' }, 'origins such as'],
    [{ RABBIT_ADDRESSES: 'a b' }, 'host:port'],
    [{ RABBIT_URI: 'http://me:secret@x' }, "instead got 'http://***@x'"],
  ])('refuses %j with the rule and what came', (env, message) => {
    expect(() => readViewerConfig(env as Record<string, string>)).toThrow(message);
    expect(() => readViewerConfig(env as Record<string, string>)).toThrow(ViewerError);
  });
});
