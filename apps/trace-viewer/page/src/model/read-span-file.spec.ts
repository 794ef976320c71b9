import { encodeV2 } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { readSpanFile } from './read-span-file.js';
import { span } from './sample.spec.helper.js';

const otlp = (spanId: string): string =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              { traceId: '0af7651916cd43dd8448eb211c80319c', spanId, name: 'x', startTimeUnixNano: '1' },
            ],
          },
        ],
      },
    ],
  });
const idsOf = (text: string): string[] => readSpanFile(text).map(({ id }) => id);

describe('readSpanFile', () => {
  it('reads a list of spans, a list of traces, and OTLP', () => {
    const list = encodeV2([span(1, undefined)]);
    expect(readSpanFile(list)).toHaveLength(1);
    expect(readSpanFile(`[${list},${list}]`)).toHaveLength(2);
    expect(idsOf(otlp('00f067aa0ba902b7'))).toEqual(['00f067aa0ba902b7']);
    expect(idsOf(JSON.stringify(JSON.parse(otlp('00f067aa0ba902b7')), undefined, 2))).toHaveLength(1);
  });

  it('reads OTLP line by line, and says in which line something is wrong', () => {
    const lines = [otlp('00f067aa0ba902b7'), '', otlp('00f067aa0ba902b8'), ''].join('\r\n');
    expect(idsOf(lines)).toEqual(['00f067aa0ba902b7', '00f067aa0ba902b8']);
    expect(() => readSpanFile(`${otlp('00f067aa0ba902b7')}\n{"a":1}`)).toThrow(/^Line 2: A file must/);
  });

  it.each([
    ['no JSON', 'hello', /^The file must be JSON/],
    ['no spans', '[]', /no span/],
    ['one span without its list', '{"traceId":"1","id":"1"}', /^A file must be a list of spans.*put \[ \]/],
    ['Jaeger’s', '{"data":[{"traceID":"1","spans":[],"processes":{}}]}', /Jaeger/],
  ])('refuses %s with a word about it', (_, text, said) => {
    expect(() => readSpanFile(text)).toThrow(said);
  });
});

it('reads a saved trace with a span id of zeros, which no server would take', () => {
  const ids = ['0'.repeat(16), '0000000000000001'];
  const saved = JSON.stringify(ids.map((id) => ({ traceId: 'a'.repeat(16), id })));
  expect(readSpanFile(saved).map(({ id }) => id)).toEqual(ids);
});
