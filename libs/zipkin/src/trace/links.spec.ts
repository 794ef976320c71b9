import { describe, expect, it } from 'vitest';
import { named, span } from '../build-span.spec.helper.js';
import { decodeSpans } from '../index.js';
import { loadCases } from '../load-cases.spec.helper.js';
import type { Span } from '../span.js';
import { linkDependencies } from './links.js';
import type { DependencyLink } from './links.js';
import { buildTraceTree } from './tree.js';

const cases = await loadCases<unknown[], DependencyLink[]>('links.json');

/** Links as `parent>child calls/errors`. */
const linksOf = (...traces: readonly (readonly Span[])[]): string =>
  linkDependencies(traces)
    .map(({ parent, child, callCount, errorCount = 0 }) => `${parent}>${child} ${callCount}/${errorCount}`)
    .join(', ');
const error = { tags: { error: '' } };
const shared = { shared: true } as const;

describe('linkDependencies', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    'agrees with Zipkin: %s',
    (_, { input, expected, format = 'v2' }) => {
      expect(linkDependencies([decodeSpans(JSON.stringify(input), { format })])).toEqual(expected);
    },
  );

  it('links nothing for nothing', () => {
    expect(linkDependencies([])).toEqual([]);
    expect(linkDependencies([[]])).toEqual([]);
  });

  it('lets the server speak for a call, and a client without children for itself', () => {
    const trace = [
      named('a', undefined, ['SERVER', 'web']),
      named('b', 'a', ['CLIENT', 'web', 'wrong']),
      named('b', 'a', ['SERVER', 'app'], shared),
      named('c', 'b', ['CLIENT', 'app', 'db'], error),
    ];
    expect(linksOf(trace)).toBe('app>db 1/1, web>app 1/0');
    expect(linksOf(trace.toReversed(), trace)).toBe('app>db 2/2, web>app 2/0');
    expect(linkDependencies([buildTraceTree(trace)])).toEqual(linkDependencies([trace]));
  });

  it('links a receiver below the root when neither its sender nor its parent is known', () => {
    const trace = [
      named('a', undefined, ['SERVER', 'web']),
      named('b', undefined, ['SERVER', 'app'], shared),
    ];
    expect(linksOf(trace)).toBe('web>app 1/0');
  });

  it('links an orphan below the root, but orphans not with each other', () => {
    const orphan = named('c', 'gone', ['SERVER', 'app']);
    expect(linksOf([named('a', undefined, ['SERVER', 'web']), orphan])).toBe('web>app 1/0');
    expect(linksOf([named('b', 'gone', ['SERVER', 'web']), orphan])).toBe('');
    expect(linksOf([named('b', 'gone', ['SERVER', 'web']), named('d', 'b', ['SERVER', 'app'])])).toBe(
      'web>app 1/0',
    );
  });

  it('lets an orphan speak for a client at the root, which then has a child', () => {
    const trace = [named('a', undefined, ['CLIENT', 'web', 'wrong']), named('c', 'gone', ['SERVER', 'app'])];
    expect(linksOf(trace)).toBe('web>app 1/0');
  });

  it('knows the caller from the span above rather than from what the server believes', () => {
    const trace = [named('a', undefined, ['CLIENT', 'web']), named('b', 'a', ['SERVER', 'app', 'proxy'])];
    expect(linksOf(trace)).toBe('web>app 1/0');
  });

  it('links messages with the broker on either side, and with nothing when it has no name (K1, K2)', () => {
    const trace = (sent?: string, received?: string): Span[] => [
      named('a', undefined, ['PRODUCER', 'client', sent]),
      named('b', 'a', ['CONSUMER', 'executor', received], error),
    ];
    expect(linksOf(trace('rabbitmq', 'rabbitmq'))).toBe('client>rabbitmq 1/0, rabbitmq>executor 1/1');
    expect(linksOf(trace('rabbitmq'))).toBe('client>rabbitmq 1/0');
    expect(linksOf(trace(undefined, 'kafka'))).toBe('kafka>executor 1/1');
    expect(linksOf(trace())).toBe('');
  });

  it('links both halves of a message with one id although neither is marked (differs from Zipkin: unmarked halves kept)', () => {
    const trace = [
      named('a', undefined, ['PRODUCER', 'client', 'rabbitmq']),
      named('a', undefined, ['CONSUMER', 'executor', 'rabbitmq']),
    ];
    expect(linksOf(trace)).toBe('client>rabbitmq 1/0, rabbitmq>executor 1/0');
  });

  it('links a producer straight to a server, which makes it a call', () => {
    const producer = named('a', undefined, ['PRODUCER', 'client']);
    expect(linksOf([producer, named('b', 'a', ['SERVER', 'executor'])])).toBe('client>executor 1/0');
    expect(linksOf([producer, named('a', undefined, ['SERVER', 'executor'], shared)])).toBe(
      'client>executor 1/0',
    );
  });

  it('does not link a client to a consumer', () => {
    expect(
      linksOf([named('a', undefined, ['CLIENT', 'client']), named('b', 'a', ['CONSUMER', 'executor'])]),
    ).toBe('');
  });

  it('takes the direction of a lone span from its kind', () => {
    expect(linksOf([named('a', undefined, ['SERVER', 'server', 'client'])])).toBe('client>server 1/0');
    expect(linksOf([named('a', undefined, ['CLIENT', 'client', 'server'])])).toBe('client>server 1/0');
    expect(linksOf([named('a', undefined, ['SERVER', 'one', 'one'])])).toBe('one>one 1/0');
  });

  it('links nothing that knows one side only', () => {
    const lone: Parameters<typeof named>[2][] = [
      ['SERVER'],
      ['SERVER', 'server'],
      ['SERVER', undefined, 'client'],
      ['CLIENT'],
      ['CLIENT', 'client'],
      ['CLIENT', undefined, 'server'],
      [undefined, 'local'],
    ];
    expect(linksOf(...lone.map((names) => [named('a', undefined, names)]))).toBe('');
  });

  it('counts a call and its error once, whichever half has the tag', () => {
    const clientSide = named('a', undefined, ['CLIENT', 'client', 'server'], error);
    expect(linksOf([clientSide, named('b', 'a', ['SERVER', 'server'])])).toBe('client>server 1/1');
    expect(linksOf([clientSide, named('b', 'a', ['SERVER', 'server'], error)])).toBe('client>server 1/1');
    expect(linksOf([clientSide, named('a', undefined, ['SERVER', 'server'], { ...shared, ...error })])).toBe(
      'client>server 1/1',
    );
    expect(
      linksOf([
        named('a', undefined, ['CLIENT', 'client', 'server'], {
          annotations: [{ timestamp: 1, value: 'error' }],
        }),
      ]),
    ).toBe('client>server 1/0');
  });

  it('counts each server below a client', () => {
    const servers = [
      named('b', 'a', ['SERVER', 'server'], error),
      named('c', 'a', ['SERVER', 'server', 'client']),
    ];
    expect(linksOf([named('a', undefined, ['CLIENT', 'client', 'server']), ...servers])).toBe(
      'client>server 2/1',
    );
  });

  it('looks past local spans for the caller', () => {
    const trace = [
      named('a', undefined, ['SERVER', 'foo']),
      named('b', 'a', []),
      named('c', 'b', ['CLIENT', 'bar', 'baz'], error),
      named('d', 'b', ['CLIENT', 'bar', 'baz']),
      named('e', 'b', ['CLIENT', undefined, 'qux']),
    ];
    expect(linksOf(trace)).toBe('bar>baz 2/1, foo>bar 2/0, foo>qux 1/0');
  });

  it('fills in the call that nobody recorded when a client is in another service than the one above it', () => {
    const trace = [named('a', undefined, ['SERVER', 'web']), named('b', 'a', ['CLIENT', 'app'], error)];
    expect(linksOf(trace)).toBe('web>app 1/0');
  });

  it('takes a span without a kind that knows both sides for a client', () => {
    const trace = [
      named('a', undefined, [undefined, 'client', 'web']),
      named('b', 'a', [undefined, 'web', 'app'], error),
      named('c', 'b', [undefined, 'app', 'db']),
    ];
    expect(linksOf(trace)).toBe('app>db 1/0, client>web 1/0, web>app 1/1');
  });

  it('links 50,000 spans in a chain without kinds', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) =>
      span(`${i}`, i === 0 ? undefined : `${i - 1}`, {
        localEndpoint: { serviceName: 'a' },
        remoteEndpoint: { serviceName: 'b' },
      }),
    );
    expect(linksOf(chain)).toBe('a>b 50000/0');
  });
});
