import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeV1 } from '../encode-v1.js';
import { encodeSpanV2, encodeV2 } from '../encode-v2.js';
import { hostileTexts } from '../hostile.spec.helper.js';
import { loadCases } from '../load-cases.spec.helper.js';
import { ZipkinError } from '../zipkin-error.js';
import { decodeStoredSpans } from './decode-stored.js';
import { decodeSpans } from './decode.js';

declare const process: { cpuUsage(since?: CpuTime): CpuTime };
interface CpuTime {
  readonly user: number;
  readonly system: number;
}

const hostileText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary' }));
const formats = [undefined, 'v1', 'v2', 'otlp'] as const;
const texts = [
  ...(await loadCases<string, unknown>('decode-v1.json')).map(({ input }) => input),
  ...(await loadCases<string, unknown>('decode-v2.json')).map(({ input }) => input),
  ...(await loadCases<unknown, unknown>('otlp.json')).map(({ input }) => JSON.stringify(input)),
];

/** Decodes as each format: spans that can be written and read again, or our own error. */
function expectNoCrash(body: string | Uint8Array): void {
  for (const format of formats) {
    try {
      const spans = decodeSpans(body, { format });
      JSON.parse(encodeV1(spans));
      expect(decodeSpans(encodeV2(spans), { format: 'v2' })).toEqual(spans);
      expect(decodeStoredSpans(`[${spans.map(encodeSpanV2).join(',')}]`)).toEqual({ spans, unreadable: 0 });
    } catch (error) {
      if (!(error instanceof ZipkinError) || error.message === '') throw error;
    }
  }
}

/** How many spans there are; NaN when the body is refused. */
function outcomeOf(body: string): number {
  try {
    return decodeSpans(body).length;
  } catch (error) {
    if (error instanceof ZipkinError) return Number.NaN;
    throw error;
  }
}

const scraps = fc.constantFrom(
  'null',
  '{}',
  '[]',
  '-0',
  '1e999',
  '"',
  '\\',
  '[',
  '{',
  '}',
  ']',
  ',',
  ':',
  '"\\ud800"',
  '{"__proto__":[]}',
  'true',
  '1.5',
  '""',
  '\u0000',
  '99999999999999999999',
);

describe('no body crashes a decoder', () => {
  it('when characters are changed, cut out or put in', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(6),
      put: fc.oneof(scraps, fc.string({ maxLength: 3 })),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (text, changes) => {
          for (const { at, cut, put } of changes) {
            const start = Math.floor(at * text.length);
            text = text.slice(0, start) + put + text.slice(start + cut);
          }
          expectNoCrash(text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('when it ends too early', () => {
    for (const text of texts) {
      for (let length = 0; length < text.length; length += 7) expectNoCrash(text.slice(0, length));
    }
  });

  it('when any value is another one', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), hostileText, fc.double());
    const field = fc.constantFrom(
      'traceId',
      'id',
      'spanId',
      'parentId',
      'parentSpanId',
      'kind',
      'name',
      'timestamp',
      'duration',
      'startTimeUnixNano',
      'endTimeUnixNano',
      'localEndpoint',
      'annotations',
      'binaryAnnotations',
      'tags',
      'attributes',
      'events',
      'links',
      'status',
      'shared',
      'debug',
      'droppedLinksCount',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(field, value), { maxLength: 4 }),
        (text, fields) => {
          const changed = new Map<string, unknown>(fields);
          const swap = (key: string, old: unknown): unknown => (changed.has(key) ? changed.get(key) : old);
          expectNoCrash(JSON.stringify(JSON.parse(text, swap) ?? null));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('when it is any JSON or any bytes', () => {
    for (const body of [fc.json(), fc.uint8Array(), hostileText]) {
      expect(() => fc.assert(fc.property<[string | Uint8Array]>(body, expectNoCrash))).not.toThrow();
    }
  });
});

describe('no body takes a decoder long', () => {
  const ids = '"traceId":"1","id":"2"';
  const many = (count: number, text: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => text(i)).join(',');

  it.each([
    ['junk for spans', `[${many(1_000_000, () => '0')}]`],
    ['lists for spans', `[${many(300_000, () => '[]')}]`],
    [
      'one v1 span with as many services as annotations',
      `[{${ids},"annotations":[${many(90_000, (i) => `{"timestamp":${i},"value":"cs","endpoint":{"serviceName":"${i}"}}`)}]}]`,
    ],
    [
      'annotations in reverse',
      `[{${ids},"annotations":[${many(200_000, (i) => `{"timestamp":${200_000 - i},"value":"a"}`)}]}]`,
    ],
    ['tags that are numbers', `[{${ids},"tags":{${many(200_000, (i) => `"${i}":${i}`)}}}]`],
    ['a string of backslashes', `[{${ids},"name":"${'\\\\'.repeat(1_000_000)}"}]`],
    ['quotes that are escaped', `[{${ids},"name":"${String.raw`\"`.repeat(1_000_000)}"}]`],
    ['an address of colons', `[{${ids},"localEndpoint":{"ipv6":"${':'.repeat(1_000_000)}"}}]`],
    ['an address of digits', `[{${ids},"localEndpoint":{"ipv4":"${'1'.repeat(1_000_000)}"}}]`],
    ['a time of digits', `[{${ids},"timestamp":"${'1'.repeat(1_000_000)}"}]`],
    ['a time of digits and then something else', `[{${ids},"timestamp":"${'1'.repeat(1_000_000)}x"}]`],
    ['a time of blanks', `[{${ids},"timestamp":"${' '.repeat(1_000_000)}x"}]`],
    ['an id of digits and then something else', `[{${ids},"parentId":"${'1'.repeat(1_000_000)}x"}]`],
    [
      'an id of equals signs',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'='.repeat(1_000_000)}x"}]}]}]}`,
    ],
    [
      'attributes in each other',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'1'.repeat(32)}","spanId":"${'1'.repeat(16)}","attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(60)}${']}}'.repeat(60)}}]}]}]}]}`,
    ],
  ])('%s', (_, body) => {
    const start = process.cpuUsage();
    expect(typeof outcomeOf(body)).toBe('number');
    const { user, system } = process.cpuUsage(start);
    // Processor time, for other work on the machine says nothing; one that were quadratic would take much longer.
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});
