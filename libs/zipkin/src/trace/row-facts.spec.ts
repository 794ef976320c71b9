import { describe, expect, it } from 'vitest';
import { client, executor, named, span } from '../build-span.spec.helper.js';
import type { Span } from '../span.js';
import { factsOf } from './row-facts.js';
import type { RowFacts } from './row-facts.js';
import { buildTraceTree } from './tree.js';

const facts = (...spans: readonly Span[]): RowFacts => factsOf(buildTraceTree(spans).nodes[0]!);

describe('factsOf', () => {
  it('names a row by its server, in words and service (L1)', () => {
    const halves = [
      span('a', undefined, { kind: 'CLIENT', name: 'send', at: [0, 207], localEndpoint: client }),
      span('a', undefined, {
        kind: 'SERVER',
        name: 'recv',
        shared: true,
        at: [10, 190],
        localEndpoint: executor,
      }),
    ];
    expect(facts(...halves)).toEqual({ name: 'recv', serviceName: 'executor', open: false });
  });

  it('names a call without anything below it by whom it called (L3)', () => {
    const call = named('a', undefined, ['CLIENT', 'client', 'db']);
    expect(facts(call).serviceName).toBe('db');
    expect(facts(call, named('b', 'a', [])).serviceName).toBe('client');
    expect(facts(call, named('a', undefined, ['SERVER'])).serviceName).toBe('client');
    expect(facts(named('a', undefined, ['PRODUCER', 'client', 'rabbitmq'])).serviceName).toBe('client');
  });

  it('takes what any half says when the server says nothing', () => {
    const halves = [
      span('a', undefined, { kind: 'PRODUCER', localEndpoint: { ipv4: '10.0.0.1' } }),
      span('a', undefined, { kind: 'CONSUMER', name: 'work', localEndpoint: executor }),
    ];
    expect(facts(...halves)).toEqual({ name: 'work', serviceName: 'executor', open: false });
    expect(facts(span('a'))).toEqual({ open: false });
  });

  it('tells a failure from an error on the way (L2)', () => {
    const annotation = { annotations: [{ timestamp: 1, value: 'error' }] };
    expect(facts(span('a', undefined, { tags: { error: '' }, ...annotation })).error).toBe('critical');
    expect(facts(span('a', undefined, annotation)).error).toBe('transient');
    expect(facts(span('a', undefined, { tags: { errors: '1' } })).error).toBeUndefined();
  });

  it('calls a row open while one of its halves is', () => {
    const sender = span('a', undefined, { kind: 'PRODUCER', at: [0, 5] });
    expect(facts(sender).open).toBe(false);
    expect(facts(sender, span('a', undefined, { kind: 'CONSUMER', at: [3] })).open).toBe(true);
    expect(facts(span('a')).open).toBe(false);
  });
});
