import { describe, expect, it } from 'vitest';
import { loadCases } from '../load-cases.spec.helper.js';
import type { Span } from '../span.js';
import { utf8 } from '../utf8.spec.helper.js';
import { ZipkinError } from '../zipkin-error.js';
import { decodeSpans } from './decode.js';
import type { DecodeOptions } from './decode.js';

const v1Cases = await loadCases<unknown[], Span[]>('v1-to-v2.json');
const v2Cases = await loadCases<unknown[], Span[]>('v2.json');
const refusedCases = await loadCases<unknown[], { index: number; field: string }>('refused.json');
const traceIdCases = await loadCases<string, string>('trace-ids.json');
const v1Texts = await loadCases<string, Span[] | 'refused'>('decode-v1.json');
const v2Texts = await loadCases<string, Span[] | 'refused'>('decode-v2.json');

/** The spans, or the error. */
function attempt(body: string | Uint8Array, options?: DecodeOptions): Span[] | ZipkinError {
  try {
    return decodeSpans(body, options);
  } catch (error) {
    if (error instanceof ZipkinError) return error;
    throw error;
  }
}

const thousand = Array.from({ length: 1000 }, (_, at) => (at + 1).toString(16).padStart(16, '0'));

function otlpOf({
  service = 's',
  scope = 's',
}: {
  readonly service?: string;
  readonly scope?: string;
}): string {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  const spans = thousand.map((spanId) => ({ traceId: 'a'.repeat(32), spanId }));
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: scope }, spans }] }],
  });
}

function v1Of(name: string): string {
  const binaryAnnotations = thousand.map((serviceName) => ({
    key: 'k',
    value: 'v',
    endpoint: { serviceName },
  }));
  return JSON.stringify([{ traceId: '1', id: '2', name, binaryAnnotations }]);
}

describe('decodeSpans', () => {
  it.each(v1Cases)('makes of v1 what Zipkin makes: $name', ({ input, expected }) => {
    expect(decodeSpans(JSON.stringify(input), { format: 'v1' })).toEqual(expected);
  });

  it.each(v2Cases)('makes of v2 what Zipkin makes: $name', ({ input, expected }) => {
    expect(decodeSpans(JSON.stringify(input), { format: 'v2' })).toEqual(expected);
  });

  it.each(traceIdCases)('takes trace id $input as Zipkin does: $name', ({ input, expected }) => {
    const result = attempt(JSON.stringify([{ traceId: input, id: '1' }]), { format: 'v2' });
    expect(result instanceof ZipkinError ? `refused: ${result.field}` : result[0]!.traceId).toBe(
      expected === 'refused' ? 'refused: traceId' : expected,
    );
  });

  it.each(refusedCases)(
    'refuses what Zipkin refuses, and says where: $name',
    ({ input, format, expected }) => {
      const error = attempt(JSON.stringify(input), { format });
      expect(error).toMatchObject({ code: 'DT_ERR_SPANS_VALUE', ...expected });
      const { index, field } = expected;
      const { message } = error as ZipkinError;
      expect(message).toContain(`Span ${index}: "${field}" must `);
      expect(message).toMatch(/ must .+, got .+; .+/);
    },
  );

  describe.each([
    ['v1', v1Texts],
    ['v2', v2Texts],
  ] as const)('reads %s as Zipkin does', (format, cases) => {
    it.each(cases)('$name', ({ input, expected }) => {
      const result = attempt(input, { format });
      expect(result instanceof ZipkinError ? 'refused' : result).toEqual(expected);
    });
  });

  it('takes UTF-8, with or without a byte order mark', () => {
    const body = '[{"traceId":"1","id":"2","name":"größe 🎉"}]';
    const expected = decodeSpans(body);
    expect(expected).toMatchObject([{ name: 'größe 🎉' }]);
    expect(decodeSpans(utf8(body))).toEqual(expected);
    expect(decodeSpans(utf8(`\uFEFF${body}`))).toEqual(expected);
    expect(decodeSpans(`\uFEFF${body}`)).toEqual(expected);
  });

  it('takes an empty body for no spans, and one of blanks for none at all', () => {
    expect(decodeSpans('')).toEqual([]);
    expect(decodeSpans(new Uint8Array())).toEqual([]);
    expect(attempt(' ')).toMatchObject({ code: 'DT_ERR_SPANS_JSON' });
  });

  it('replaces bytes that are no UTF-8', () => {
    const body = Uint8Array.from([...utf8('[{"traceId":"1","id":"2","name":"a', [0xff]), ...utf8('b"}]')]);
    expect(decodeSpans(body)).toMatchObject([{ name: 'a\uFFFDb' }]);
  });

  it('keeps the digits of a number that is meant as text, in the whole of the body', () => {
    const span = '{"traceId":10,"id":"2","timestamp":1500000000000000,"localEndpoint":{"port":80}';
    const [first, second] = decodeSpans(`[${span}},${span},"tags":{"n":12345678901234567890}}]`, {
      format: 'v2',
    });
    const common = {
      traceId: '0000000000000010',
      timestamp: 1_500_000_000_000_000,
      localEndpoint: { port: 80 },
    };
    expect(first).toMatchObject(common);
    expect(second).toMatchObject({ ...common, tags: { n: '12345678901234567890' } });
  });

  it('takes the last of two values with one key', () => {
    expect(decodeSpans('[{"traceId":"1","id":"2","id":"3","tags":{"a":"x","a":"y"}}]')).toEqual([
      { traceId: '0000000000000001', id: '0000000000000003', tags: { a: 'y' } },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'keeps a tag called %s and nothing else of it',
    (key) => {
      for (const value of ['"x"', '5']) {
        const [span] = decodeSpans(
          `[{"traceId":"1","id":"2","tags":{"z":"1","${key}":${value}},"${key}":{"debug":true}}]`,
        );
        expect(Object.entries(span!.tags!)).toContainEqual([key, value.replaceAll('"', '')]);
        expect(Object.getPrototypeOf(span!.tags)).toBe(Object.prototype);
        expect(span!.debug).toBeUndefined();
        expect(Object.keys(span!)).toEqual(['traceId', 'id', 'tags']);
      }
      expect({}).not.toHaveProperty('debug');
    },
  );

  it('refuses more spans than it may take, also when one v1 span holds them', () => {
    const span = '{"traceId":"1","id":"2"}';
    expect(decodeSpans(`[${span},${span}]`, { maxSpans: 2 })).toHaveLength(2);
    const error = attempt(`[${span},${span},${span}]`, { maxSpans: 2 });
    expect(error).toMatchObject({
      code: 'DT_ERR_SPANS_LIMIT',
      message: expect.stringContaining('at most 2 spans, got 3'),
    });
    const binaryAnnotations = ['a', 'b', 'c'].map((serviceName) => ({
      key: 'k',
      value: 'v',
      endpoint: { serviceName },
    }));
    const many = JSON.stringify([{ traceId: '1', id: '2', binaryAnnotations }]);
    expect(attempt(many, { maxSpans: 2 })).toMatchObject({ code: 'DT_ERR_SPANS_LIMIT' });
    expect(attempt(many, { maxSpans: 3 })).toHaveLength(3);
    const otlp = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{}, {}, {}] }] }] });
    expect(attempt(otlp, { maxSpans: 2 })).toMatchObject({ code: 'DT_ERR_SPANS_LIMIT' });
  });

  it.each([
    ['a service', (name: string) => otlpOf({ service: name })],
    ['a scope', (name: string) => otlpOf({ scope: name })],
    ['a v1 span of many services', v1Of],
  ])('refuses a long name of %s that each of many spans would have a copy of', (_, bodyOf) => {
    expect(attempt(bodyOf('x'.repeat(250_000)))).toMatchObject({
      code: 'DT_ERR_SPANS_LIMIT',
      message: expect.stringContaining('What spans have in common must be at most 8 times as long'),
    });
    expect(attempt(bodyOf('x'.repeat(300)))).toHaveLength(1000);
  });

  it('says what number stands where none may', () => {
    const body = '[{"traceId":1,"id":"1","kind":12345678901234567890,"tags":{"k":5}}]';
    expect(attempt(body)).toMatchObject({ message: expect.stringContaining('got "12345678901234567890"') });
    expect(attempt('[{"traceId":1,"id":"1","name":"n","localEndpoint":5}]')).toMatchObject({
      message: expect.stringContaining('must be an object, got 5;'),
    });
  });

  it('reads as deep as Zipkin and no deeper, whatever stands in strings', () => {
    const nested = (depth: number): string =>
      `[{"traceId":"1","id":"2","name":"[[[\\"[[[\\\\","zz":${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}}]`;
    expect(attempt(nested(255))).toHaveLength(1);
    expect(attempt(nested(256))).toMatchObject({ code: 'DT_ERR_SPANS_LIMIT' });
    expect(attempt(nested(11), { maxDepth: 10 })).toMatchObject({ code: 'DT_ERR_SPANS_LIMIT' });
    expect(attempt(nested(10), { maxDepth: 10 })).toHaveLength(1);
    expect(attempt('['.repeat(3_000_000))).toMatchObject({ code: 'DT_ERR_SPANS_LIMIT' });
  });

  it('says nothing that could write a line of its own into a log or a terminal', () => {
    for (const body of [
      '{"\u001b[31m\nok":',
      '[{"traceId":"\\u001b[31m\\n\\u2028","id":"1"}]',
      '[{"traceId":"1","id":"1","tags":{"\\n\\u001b":true}}]',
    ]) {
      expect((attempt(body) as ZipkinError).message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }
  });

  it('shows no more of a long value than a line holds', () => {
    const error = attempt(JSON.stringify([{ traceId: 'x'.repeat(1_000_000), id: '1' }]));
    expect((error as ZipkinError).message.length).toBeLessThan(300);
    const longKey = `[{"traceId":"1","id":"1","tags":{"${'x'.repeat(1_000_000)}":true}}]`;
    expect((attempt(longKey) as ZipkinError).message.length).toBeLessThan(300);
    expect((attempt(`[{"traceId":"${'x'.repeat(1_000_000)}`) as ZipkinError).message.length).toBeLessThan(
      300,
    );
  });
});
