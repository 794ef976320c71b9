import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { fakeSpan } from './fake-span.spec.helper.js';
import { resourceFromAttributes } from './resources.spec.helper.js';
import { toZipkinSpan } from './to-zipkin.js';

const remoteOf = (kind: SpanKind, attributes: Record<string, string | number>): unknown =>
  toZipkinSpan(fakeSpan({ kind, attributes })).remoteEndpoint;

it('tells links as a tag, as many as a person reads', () => {
  const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const name = `${context.traceId}-${context.spanId}`;
  expect(toZipkinSpan(fakeSpan({ links: [{ context }] })).tags?.['distrace.links']).toBe(name);
  const many = toZipkinSpan(fakeSpan({ links: Array.from({ length: 20 }, () => ({ context })) }));
  expect(many.tags?.['distrace.links']).toBe(`${Array(16).fill(name).join(', ')}, and 4 more`);
});

describe('toZipkinSpan', () => {
  it('converts ids, name, times and attributes', () => {
    const span = fakeSpan({
      kind: SpanKind.SERVER,
      name: 'POST /tasks',
      parentSpanContext: {
        traceId: '463ac35c9f6413ad48485a3953bb6124',
        spanId: '00000000000000a1',
        traceFlags: 1,
      },
      attributes: { text: 'a', number: 5, truth: false, list: ['x', 'y'], nothing: undefined },
    });
    expect(toZipkinSpan(span)).toEqual({
      traceId: '463ac35c9f6413ad48485a3953bb6124',
      parentId: '00000000000000a1',
      id: '00000000000000b1',
      kind: 'SERVER',
      name: 'POST /tasks',
      timestamp: 1_764_000_000_000_002,
      duration: 50,
      localEndpoint: { serviceName: 'client' },
      tags: { text: 'a', number: '5', truth: 'false', list: '["x","y"]' },
    });
  });

  it.each([
    [SpanKind.INTERNAL, undefined],
    [SpanKind.CLIENT, 'CLIENT'],
    [SpanKind.SERVER, 'SERVER'],
    [SpanKind.PRODUCER, 'PRODUCER'],
    [SpanKind.CONSUMER, 'CONSUMER'],
  ])('gives kind %s as %s', (kind, expected) => {
    expect(toZipkinSpan(fakeSpan({ kind })).kind).toBe(expected);
  });

  it('writes whole microseconds, and at least one of duration', () => {
    const span = toZipkinSpan(fakeSpan({ startTime: [1, 999_999_999], duration: [0, 12] }));
    expect(span).toMatchObject({ timestamp: 2_000_000, duration: 1 });
  });

  it('takes the local endpoint from the span, then the resource, then the defaults, and repeats it in no tag', () => {
    const span = fakeSpan({
      resource: resourceFromAttributes({ 'service.name': 'client', 'network.local.address': '10.0.0.1' }),
      attributes: { 'service.name': 'other', 'network.local.port': 80 },
    });
    const { localEndpoint, tags } = toZipkinSpan(span, {
      endpoint: { serviceName: 'x', port: 1, ipv6: '::1' },
    });
    expect(localEndpoint).toEqual({ serviceName: 'other', ipv4: '10.0.0.1', port: 80, ipv6: '::1' });
    expect(tags).toBeUndefined();
  });

  it.each([
    ['2001:db8::1', { ipv6: '2001:db8::1' }],
    ['::ffff:10.1.2.3', { ipv4: '10.1.2.3' }],
    ['localhost', {}],
  ])('takes the address %s for what it is', (ip, expected) => {
    const resource = resourceFromAttributes({ 'service.name': 's', 'network.local.address': ip });
    expect(toZipkinSpan(fakeSpan({ resource })).localEndpoint).toEqual({ serviceName: 's', ...expected });
  });

  it('names the other side: callee, broker, database or caller', () => {
    expect(
      remoteOf(SpanKind.CLIENT, { 'peer.service': 'auth', 'server.address': '10.0.0.9', 'server.port': 443 }),
    ).toEqual({
      serviceName: 'auth',
      ipv4: '10.0.0.9',
      port: 443,
    });
    expect(remoteOf(SpanKind.CLIENT, { 'server.address': 'db.example.com', 'server.port': 5432 })).toEqual({
      serviceName: 'db.example.com',
      port: 5432,
    });
    expect(remoteOf(SpanKind.CLIENT, { 'db.system.name': 'sqlite' })).toEqual({ serviceName: 'sqlite' });
    for (const kind of [SpanKind.PRODUCER, SpanKind.CONSUMER]) {
      expect(
        remoteOf(kind, { 'messaging.system': 'rabbitmq', 'server.address': 'mq.local', 'server.port': 5672 }),
      ).toEqual({
        serviceName: 'rabbitmq',
        port: 5672,
      });
    }
    expect(remoteOf(SpanKind.SERVER, { 'client.address': '10.0.0.7', 'server.address': 'me' })).toEqual({
      ipv4: '10.0.0.7',
    });
    expect(
      remoteOf(SpanKind.SERVER, { 'network.peer.address': '10.0.0.8', 'network.peer.port': 99 }),
    ).toEqual({
      ipv4: '10.0.0.8',
      port: 99,
    });
    expect(remoteOf(SpanKind.INTERNAL, { 'server.address': 'db' })).toBeUndefined();
  });

  it('turns events into annotations in order of time, attributes as JSON', () => {
    const span = fakeSpan({
      events: [
        {
          name: 'exception',
          time: [2, 0],
          attributes: { 'exception.type': 'Error', 'exception.escaped': true },
        },
        { name: 'tskReceived', time: [1, 0] },
      ],
    });
    expect(toZipkinSpan(span).annotations).toEqual([
      { timestamp: 1_000_000, value: 'tskReceived' },
      { timestamp: 2_000_000, value: 'exception: {"exception.type":"Error","exception.escaped":true}' },
    ]);
  });

  it('gives an annotation its own endpoint, completed from the span of the same service', () => {
    const resource = resourceFromAttributes({
      'service.name': 'client',
      'network.local.address': '10.0.0.1',
    });
    const events = [
      { name: 'a', time: [1, 0] as [number, number], attributes: { 'network.local.port': 99 } },
      { name: 'b', time: [2, 0] as [number, number], attributes: { 'service.name': 'executor' } },
    ];
    expect(toZipkinSpan(fakeSpan({ resource, events })).annotations).toEqual([
      { timestamp: 1_000_000, value: 'a', endpoint: { serviceName: 'client', ipv4: '10.0.0.1', port: 99 } },
      { timestamp: 2_000_000, value: 'b', endpoint: { serviceName: 'executor' } },
    ]);
  });

  it.each([
    [{ code: SpanStatusCode.ERROR, message: 'boom' }, {}, 'boom'],
    [{ code: SpanStatusCode.ERROR }, { 'error.type': 'TypeError' }, 'TypeError'],
    [{ code: SpanStatusCode.ERROR }, { error: 'false' }, 'true'],
    [{ code: SpanStatusCode.UNSET }, { error: false }, undefined],
    [{ code: SpanStatusCode.UNSET }, { error: 'mine' }, 'mine'],
    [{ code: SpanStatusCode.OK }, {}, undefined],
  ])('with status %j and attributes %j has the error tag %s', (status, attributes, expected) => {
    expect(toZipkinSpan(fakeSpan({ status, attributes })).tags?.['error']).toBe(expected);
  });

  it('says which scope made the span and what was dropped, if anything', () => {
    const span = fakeSpan({
      instrumentationScope: { name: 'http' },
      droppedAttributesCount: 2,
      droppedLinksCount: 1,
    });
    expect(toZipkinSpan(span).tags).toEqual({
      'otel.scope.name': 'http',
      'otel.dropped_attributes_count': '2',
      'otel.dropped_links_count': '1',
    });
  });

  it('gives pieces what joins them: the opening no duration, both the same start, and no tag of it', () => {
    const open = toZipkinSpan(fakeSpan({ attributes: { 'distrace.piece': 'open' } }));
    const close = toZipkinSpan(fakeSpan({ attributes: { 'distrace.piece': 'close' } }));
    expect(open).not.toHaveProperty('duration');
    expect(close).toMatchObject({ timestamp: open.timestamp, duration: 50 });
    expect([open.tags, close.tags]).toEqual([undefined, undefined]);
  });

  it('marks a shared half, but never on the calling side', () => {
    const attributes = { 'distrace.shared': true };
    expect(toZipkinSpan(fakeSpan({ kind: SpanKind.SERVER, attributes }))).toMatchObject({ shared: true });
    expect(toZipkinSpan(fakeSpan({ kind: SpanKind.CLIENT, attributes }))).not.toHaveProperty('shared');
  });

  it('never lets a flag out, neither as a tag nor in an annotation', () => {
    const attributes = { 'distrace.flag.debug': 'x', 'distrace.flags': 'y' };
    const span = toZipkinSpan(fakeSpan({ attributes, events: [{ name: 'e', time: [1, 0], attributes }] }));
    expect(JSON.stringify(span)).not.toContain('distrace');
  });

  it('drops a parent that is no span and shortens a 64-bit trace id', () => {
    const context = {
      traceId: '00000000000000000000000000000001',
      spanId: '0000000000000000',
      traceFlags: 1,
    };
    const span = {
      ...fakeSpan({ parentSpanContext: context }),
      spanContext: () => ({ ...context, spanId: '00000000000000b1' }),
    };
    expect(toZipkinSpan(span)).toMatchObject({ traceId: '0000000000000001' });
    expect(toZipkinSpan(span)).not.toHaveProperty('parentId');
  });

  it('keeps attributes with hostile names', () => {
    const attributes = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.entries(toZipkinSpan(fakeSpan({ attributes })).tags ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('leaves out times that Zipkin cannot hold', () => {
    const span = toZipkinSpan(
      fakeSpan({
        duration: [Number.NaN, 0],
        events: [
          { name: 'never', time: [Number.NaN, 0] },
          { name: 'late', time: [1e300, 0] },
          { name: 'fine', time: [1, 0] },
        ],
      }),
    );
    expect(span).not.toHaveProperty('duration');
    expect(span.annotations).toEqual([{ timestamp: 1_000_000, value: 'fine' }]);
  });

  it.each([
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [1e300, 0],
    [-5, 0],
  ])('refuses a start of [%d, %d]', (seconds, nanos) => {
    expect(() => toZipkinSpan(fakeSpan({ startTime: [seconds, nanos] }))).toThrow('no start time');
  });
});
