import { trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { endSpan, errorMessage, errorType, recordError } from './record-error.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

class Unreadable extends Error {
  override get message(): string {
    throw new Error('no response');
  }
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('recordError', () => {
  it.each([
    ['an error', new RangeError('out'), 'RangeError', 'out'],
    ['an error whose message cannot be read', new Unreadable(), 'Unreadable', 'unreadable error'],
    ['an error without constructor', Object.assign(new Error('x'), { constructor: undefined }), 'Error', 'x'],
    [
      'an error with an odd code',
      Object.assign(new Error('x'), { code: Object.create(null) as object }),
      'Error',
      'x',
    ],
    ['an object without prototype', Object.create(null) as object, '_OTHER', '{}'],
    ['a cycle', cyclic, '_OTHER', 'unreadable error'],
    ['a revoked proxy', revoked(), '_OTHER', 'unreadable error'],
    ['a symbol', Symbol('s'), '_OTHER', 'Symbol(s)'],
    ['nothing', undefined, '_OTHER', 'undefined'],
  ])('marks the span for %s, and does not throw', (_, error, type, message) => {
    const span = trace.getTracer('app').startSpan('work');
    recordError(span, error);
    recordError(span, error);
    endSpan(span);
    const ended = tracing.spans.named('work');
    expect(ended.status).toEqual({ code: 2, message });
    expect(ended.attributes['error.type']).toBe(type);
    expect(ended.events).toHaveLength(1);
    expect(ended.events[0]?.attributes).toMatchObject({ 'exception.message': message });
  });

  it('keeps the credentials of URLs to itself', () => {
    const span = trace.getTracer('app').startSpan('work');
    const error = new Error('cannot reach amqp://user:s3cr3t@broker:5672/vhost nor http://a:s3cr3t@b');
    recordError(span, error);
    endSpan(span);
    const ended = tracing.spans.named('work');
    expect(ended.status.message).toBe('cannot reach amqp://***@broker:5672/vhost nor http://***@b');
    expect(JSON.stringify([ended.status, ended.events])).not.toContain('s3cr3t');
  });

  it.each([
    [{ err: new Error('refused'), url: 'amqp://u:p@h' }, 'refused', 'Error'],
    [{ err: 'gone', url: 'amqp://u:p@h' }, 'gone', '_OTHER'],
    [
      { err: Object.assign(new Error(''), { code: 'ECONNREFUSED' }), url: 'x' },
      'ECONNREFUSED',
      'ECONNREFUSED',
    ],
    [{ err: 'of a reply' }, '{"err":"of a reply"}', '_OTHER'],
  ])('says what Nest’s client could not connect for: %j', (thrown, message, type) => {
    expect([errorMessage(thrown), errorType(thrown)]).toEqual([message, type]);
  });
});
