import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, titled } from '../differences.spec.helper.js';
import { loadCases } from '../load-cases.spec.helper.js';
import { ZipkinError } from '../zipkin-error.js';
import { decodeSpans } from './decode.js';
import { detectFormat } from './detect.js';

const cases = await loadCases<unknown[], string>('detect.json');
const ids = { traceId: '1', id: '2' };
const endpoint = { serviceName: 'a' };

describe('detectFormat', () => {
  it.each(titled(cases))('%s', (_, one) => {
    expect(detectFormat(one.input)).toBe(answerOf(one));
  });

  it.each([
    ['v2', [{ ...ids, localEndpoint: endpoint }]],
    ['v2', [{ ...ids, remoteEndpoint: {} }]],
    ['v2', [{ ...ids, tags: {} }]],
    ['v2', [{ ...ids, kind: 'CLIENT' }]],
    ['v2', [ids, { ...ids, shared: false }]],
    ['v2', [{ ...ids, kind: 'CLIENT', annotations: [{ timestamp: 1, value: 'a', endpoint }] }]],
    ['v1', [{ ...ids, binaryAnnotations: [] }]],
    ['v1', [ids, { ...ids, annotations: [{ timestamp: 1, value: 'a', endpoint }] }]],
    ['v1', [{ ...ids, tags: null, binaryAnnotations: [] }]],
    ['v1', [{ ...ids, name: 'x', annotations: [{ timestamp: 1, value: 'cs' }] }]],
    ['v1', []],
    ['otlp', { resourceSpans: [] }],
    ['otlp', {}],
  ])('takes for %s: %j', (format, body) => {
    expect(detectFormat(body)).toBe(format);
  });

  it.each([
    [
      'one span of v2 after one of v1',
      [{ ...ids, binaryAnnotations: [] }, ids, { ...ids, tags: {} }],
      /^Span 2: .*v2 after v1/,
    ],
    ['a span with fields of both', [{ ...ids, binaryAnnotations: [], tags: {} }], /^Span 0: .*both/],
    ['a span without its list', { ...ids }, /put \[ \] around/],
    ['an object of something else', { hello: 1 }, /"resourceSpans"/],
    ['null', null, /got null/],
    ['a number', 5, /got 5/],
    ['a string', '[]', /got "\[\]"/],
  ])('refuses %s', (_, body, message) => {
    expect(() => detectFormat(body)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_SPANS_FORMAT', message: expect.stringMatching(message) }),
    );
  });

  it('is never fooled by what stands in strings or in fields of unknown ones', () => {
    const word = fc.constantFrom(
      'tags',
      'localEndpoint',
      'remoteEndpoint',
      'binaryAnnotations',
      'resourceSpans',
      'kind',
      'endpoint',
    );
    const text = fc.oneof(
      word,
      fc
        .tuple(fc.constantFrom('"', '{"', '":{"', '\\"'), word, fc.constantFrom('"', '":{}', '":[]}'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, text, text, (one, two, three) => {
        const common = { ...ids, name: one, flags: { [two]: { [three]: [] } } };
        const note = { timestamp: 1, value: two };
        expect(detectFormat([{ ...common, tags: { [two]: three } }])).toBe('v2');
        expect(
          detectFormat([{ ...common, annotations: [{ ...note, endpoint: { serviceName: three } }] }]),
        ).toBe('v1');
        expect(detectFormat([{ ...common, binaryAnnotations: [{ key: two, value: three }] }])).toBe('v1');
        expect(detectFormat([{ ...common, annotations: [note] }])).toBe('v1');
      }),
    );
  });
});

describe('a format that is asked for', () => {
  it.each([
    [
      'v1',
      '[{"traceId":"1","id":"2"},{"traceId":"1","id":"2","tags":{}}]',
      /^Span 1: Each span must be v1, .*v2/,
    ],
    ['v2', '[{"traceId":"1","id":"2","binaryAnnotations":[]}]', /^Span 0: Each span must be v2, .*v1/],
    ['v2', '{}', /must be a list/],
    ['v1', 'null', /must be a list/],
    ['otlp', '[]', /must be an object/],
  ] as const)('%s refuses %s', (format, body, message) => {
    expect(() => decodeSpans(body, { format })).toThrow(ZipkinError);
    expect(() => decodeSpans(body, { format })).toThrow(message);
  });

  it('lets pass what the endpoints of Zipkin let pass', () => {
    const v1 = [{ ...ids, kind: 'CLIENT', shared: true, name: '"tags"' }];
    expect(decodeSpans(JSON.stringify(v1), { format: 'v1' })[0]).not.toHaveProperty('kind');
    const v2 = [{ ...ids, annotations: [{ timestamp: 1, value: 'cs', endpoint }] }];
    expect(decodeSpans(JSON.stringify(v2), { format: 'v2' })).toMatchObject([
      { annotations: [{ timestamp: 1, value: 'cs' }] },
    ]);
  });
});
