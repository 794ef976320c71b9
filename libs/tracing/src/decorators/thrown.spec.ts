import { context, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNews as isNewsToDecorators } from './thrown.js';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { isNews } from '../core/told-errors.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

/** A span that starts at this second. As a Date: small numbers are times of the process's own clock to the SDK, once it has run that long. */
function start(name: string, startTime: number, parent?: Span): Span {
  const ctx = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
  return trace.getTracer('app').startSpan(name, { startTime: new Date(startTime * 1000) }, ctx);
}

describe.each([
  ['the core', isNews],
  ['the decorators', isNewsToDecorators],
])('an error told by %s', (_, tell) => {
  it('is no news to the spans above', () => {
    const above = start('above', 1);
    const below = start('below', 2, above);
    const error = new Error('x');
    expect([tell(below, error), tell(above, error)]).toEqual([true, false]);
  });

  it('is no news to the other one', () => {
    const above = start('above', 1);
    const error = new Error('x');
    expect([tell(start('below', 2, above), error), isNews(above, error)]).toEqual([true, false]);
  });

  it('is news again when it is thrown by later work of the trace, or in another one', () => {
    const above = start('above', 1);
    const error = new Error('x');
    const attempts = [start('first', 2, above), start('second', 3, above), start('elsewhere', 1)];
    expect(attempts.map((span) => tell(span, error))).toEqual([true, true, true]);
  });
});

describe('a text that was thrown', () => {
  it('is news to each span once', () => {
    const above = start('above', 1);
    const below = start('below', 2, above);
    expect([isNews(below, 'x'), isNews(below, 'x'), isNews(above, 'x')]).toEqual([true, false, true]);
  });
});
