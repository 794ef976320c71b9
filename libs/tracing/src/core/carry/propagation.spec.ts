import { context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../../testing/index.js';
import type { TracingHarness } from '../../testing/index.js';
import { hasCreationContext } from './creation-context.js';
import type { HeaderTable } from './headers.js';
import { extractHeaders, injectHeaders } from './propagate.js';
import type { PropagationFormat } from './propagation-format.js';

let tracing: TracingHarness | undefined;
afterEach(() => tracing?.close());

const TRACE = '80f198ee56343ba864fe8b2a57d3eff7';
const OTHER_TRACE = '1'.repeat(32);
const SPAN = 'e457b5a2e4d86bd1';
const sender = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: TRACE,
  spanId: SPAN,
  traceFlags: TraceFlags.SAMPLED,
});

function start(...propagationFormats: PropagationFormat[]): void {
  tracing = createTracingHarness({ propagation: propagationFormats });
}

function written(): HeaderTable {
  const headers: HeaderTable = {};
  injectHeaders(propagation.setBaggage(sender, propagation.createBaggage({ a: { value: '1' } })), headers);
  return headers;
}

/** Trace id, span id and sampled, as headers say them; undefined for a new root. */
function read(headers: HeaderTable): readonly unknown[] | undefined {
  const found = trace.getSpanContext(extractHeaders(headers));
  return found && [found.traceId, found.spanId, found.traceFlags];
}

describe('what is written', () => {
  const traceparent = `00-${TRACE}-${SPAN}-01`;
  const single = { b3: `${TRACE}-${SPAN}-1` };
  const multi = { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' };

  it.each([
    [['tracecontext', 'baggage'], { traceparent, baggage: 'a=1' }],
    [['tracecontext'], { traceparent }],
    [['b3'], single],
    [['b3multi', 'baggage'], { ...multi, baggage: 'a=1' }],
    [['b3', 'b3multi', 'tracecontext'], { traceparent, ...single, ...multi }],
    [[], {}],
  ] as const)('is what is listed: %j', (formats, headers) => {
    start(...formats);
    expect(written()).toEqual(headers);
  });

  it('is W3C unless told otherwise', () => {
    tracing = createTracingHarness();
    expect(written()).toEqual({ traceparent, baggage: 'a=1' });
  });

  it('is nothing where tracing is suppressed', () => {
    start('tracecontext', 'b3', 'b3multi');
    const suppressed = sender.setValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
    const headers: HeaderTable = {};
    injectHeaders(suppressed, headers);
    expect(headers).toEqual({});
  });
});

describe('B3 from a foreign producer', () => {
  const sampled = [TRACE, SPAN, TraceFlags.SAMPLED];

  it.each<[string, HeaderTable, readonly unknown[]]>([
    ['one header', { b3: `${TRACE}-${SPAN}-1-05e3ac9a4f6e3b90` }, sampled],
    ['one header, in any case', { B3: `${TRACE}-${SPAN}-d`.toUpperCase() }, sampled],
    ['one header as a buffer', { b3: Buffer.from(`${TRACE}-${SPAN}-1`) }, sampled],
    ['one header as a list', { b3: [`${TRACE}-${SPAN}-1`, 'x'] }, sampled],
    ['no sampling state', { b3: `${TRACE}-${SPAN}` }, [TRACE, SPAN, TraceFlags.NONE]],
    [
      'several headers',
      {
        'X-B3-TraceId': TRACE,
        'X-B3-SpanId': SPAN,
        'X-B3-Sampled': '1',
        'X-B3-ParentSpanId': '7'.repeat(16),
      },
      sampled,
    ],
    [
      'typed values',
      { 'x-b3-traceid': Buffer.from(TRACE), 'x-b3-spanid': [SPAN], 'x-b3-sampled': 1 },
      sampled,
    ],
    ['a boolean', { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': true }, sampled],
    ['the debug flag', { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-flags': '1' }, sampled],
    [
      'a trace id of 64 bits',
      { 'x-b3-traceid': TRACE.slice(16), 'x-b3-spanid': SPAN, 'x-b3-sampled': '0' },
      [TRACE.slice(16).padStart(32, '0'), SPAN, TraceFlags.NONE],
    ],
    [
      'one header before several',
      { b3: `${TRACE}-${SPAN}-1`, 'x-b3-traceid': OTHER_TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
      sampled,
    ],
    [
      'several where the one is malformed',
      { b3: 'nonsense', 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
      sampled,
    ],
    [
      'several in another case than a malformed traceparent',
      { traceparent: '00-x', 'X-B3-TraceId': TRACE, 'X-B3-SpanId': SPAN, 'X-B3-Sampled': '1' },
      sampled,
    ],
    ['W3C before B3', { traceparent: `00-${TRACE}-${SPAN}-01`, b3: `${OTHER_TRACE}-${SPAN}-1` }, sampled],
  ])('is read from %s', async (_case, headers, expected) => {
    for (const form of ['b3', 'b3multi'] as const) {
      start('tracecontext', form);
      expect(read(headers)).toEqual(expected);
      await tracing?.close();
    }
  });

  it.each<HeaderTable>([
    { b3: '0' },
    { b3: `xx${TRACE}-${SPAN}-1` },
    { b3: `${TRACE}-${SPAN}-1-and-more` },
    { b3: `${'0'.repeat(32)}-${SPAN}-1` },
    { b3: null },
    { b3: { nested: true } },
    { b3: Buffer.from([0xff, 0xfe]) },
    { b3: 'x'.repeat(100_000) },
    { 'x-b3-traceid': TRACE },
    { 'x-b3-traceid': 'g'.repeat(32), 'x-b3-spanid': SPAN },
    { 'x-b3-traceid': TRACE, 'x-b3-spanid': 7 },
    { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': 'perhaps' },
    { traceparent: Buffer.from('garbage'), b3: [] },
  ])('is a new root when it is garbage: %j', (headers) => {
    start('tracecontext', 'b3');
    expect(read(headers)).toBeUndefined();
  });

  it('is not read unless it is listed', () => {
    start('tracecontext', 'baggage');
    expect(read({ b3: `${TRACE}-${SPAN}-1` })).toBeUndefined();
  });

  it('goes below what was there when it says nothing', () => {
    start('b3');
    expect(trace.getSpanContext(extractHeaders({}, sender))?.spanId).toBe(SPAN);
    expect(trace.getSpanContext(extractHeaders({ b3: `${OTHER_TRACE}-${SPAN}-1` }, sender))?.traceId).toBe(
      OTHER_TRACE,
    );
  });
});

describe('a context that a message has already', () => {
  it.each<[PropagationFormat[], HeaderTable, boolean]>([
    [['tracecontext', 'baggage'], { traceparent: 'x' }, true],
    [['tracecontext', 'baggage'], { TraceParent: Buffer.from('x') }, true],
    [['tracecontext', 'baggage'], { baggage: 'a=1', tracestate: 's', own: 1 }, false],
    [['tracecontext', 'baggage'], { traceparent: undefined }, false],
    [['tracecontext', 'baggage'], { b3: 'x' }, false],
    [['tracecontext', 'b3'], { b3: 'x' }, true],
    [['b3'], { 'X-B3-TraceId': 'x' }, true],
    [['b3multi'], { b3: 'x' }, true],
    [[], { traceparent: 'x' }, false],
  ])('is known by the names of %j: %j', (formats, headers, expected) => {
    start(...formats);
    expect(hasCreationContext(headers)).toBe(expected);
  });
});

it('an application’s own propagator is left alone', () => {
  const own = { fields: () => ['X-Own'], inject: () => undefined, extract: () => sender };
  propagation.setGlobalPropagator(own);
  expect(hasCreationContext({ 'x-own': '1' })).toBe(true);
  expect(read({})).toEqual([TRACE, SPAN, TraceFlags.SAMPLED]);
  propagation.disable();
  context.disable();
});
