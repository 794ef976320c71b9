import { describe, expect, it } from 'vitest';
import { findTraceId, readRoute, readSearch, writeRoute } from './route.js';

const read = (address: string, hash = '') => {
  const { pathname, search } = new URL(address, 'http://viewer');
  return readRoute({ pathname, search, hash });
};

describe('addresses', () => {
  it('are Zipkin’s', () => {
    expect(read('/zipkin/')).toEqual({ page: 'list' });
    expect(read('/zipkin/dependency')).toEqual({ page: 'dependencies' });
    expect(read('/zipkin/traces/00000000000000AB')).toEqual({ page: 'trace', traceId: '00000000000000ab' });
    expect(read('/traces/ab')).toEqual({ page: 'trace', traceId: '00000000000000ab' });
    expect(read('/zipkin/traces/<script>')).toEqual({ page: 'list' });
  });

  it('may have the trace behind a hash, with its view', () => {
    const hash = '#/trace/00000000000000ab?span=1';
    expect(read('/zipkin/', hash)).toEqual({ page: 'trace', traceId: '00000000000000ab' });
    expect(readSearch({ search: '', hash }).get('span')).toBe('1');
    expect(readSearch({ search: '?span=2', hash: '' }).get('span')).toBe('2');
  });

  it('come back from what is written', () => {
    const route = { page: 'trace', traceId: '0'.repeat(15) + '1' } as const;
    expect(read(writeRoute(route))).toEqual(route);
    expect(writeRoute(route, new URLSearchParams({ q: 'a b' }))).toBe(
      '/zipkin/traces/0000000000000001?q=a+b',
    );
    expect(writeRoute({ page: 'list' }, new URLSearchParams())).toBe('/zipkin/');
  });

  it('tell a trace of a file from the server’s', () => {
    const route = { page: 'trace', traceId: '0'.repeat(15) + '1', file: 'a & b.json' } as const;
    expect(read(writeRoute(route, new URLSearchParams({ q: 'x' })))).toEqual(route);
    expect(writeRoute(route)).not.toBe(writeRoute({ page: 'trace', traceId: route.traceId }));
  });
});

it('finds a trace id in what people paste', () => {
  const id = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
  expect(findTraceId(` ${id.toUpperCase()} `)).toBe(id);
  expect(findTraceId(`http://localhost:9411/zipkin/traces/${id}?span=1`)).toBe(id);
  expect(findTraceId(`http://x/#/trace/${id}`)).toBe(id);
  expect(findTraceId(`0000000000000000${id.slice(16)}`)).toBe(id.slice(16));
  expect(findTraceId('ab1')).toBe('0000000000000ab1');
  expect(findTraceId('65fa10c2-7be1-1d2e-9c3f-5a7b1d2e4f60')).toBe(id);
  expect(findTraceId(`00-${id}-000000000000000b-01`)).toBe(id);
  expect(findTraceId(`traceparent: 00-${id}-000000000000000b-01`)).toBe(id);
  expect(findTraceId(`${id}-000000000000000b-1`)).toBe(id);
  for (const bad of ['', 'zzz', `${id}0`, 'hello world', '0'.repeat(32), `00-${id}`]) {
    expect(findTraceId(bad)).toBeUndefined();
  }
});
