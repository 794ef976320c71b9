import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { consoleExporter } from './console-exporter.js';
import { fakeSpan } from './fake-span.spec.helper.js';

const options = { signal: new AbortController().signal };

describe('consoleExporter', () => {
  it('prints one line per span', async () => {
    let text = '';
    const exporter = consoleExporter({ stream: { write: (part) => (text += part) } });
    const parentSpanContext = { traceId: '', spanId: '00000000000000a1', traceFlags: 1 };
    await exporter.send(
      [
        fakeSpan({ kind: SpanKind.SERVER, name: 'POST /tasks', parentSpanContext }),
        fakeSpan({
          attributes: { 'distrace.piece': 'open' },
          status: { code: SpanStatusCode.ERROR, message: 'a\nb\u001b[2J' },
        }),
      ],
      options,
    );
    expect(text).toBe(
      '16:00:00.000  client  POST /tasks  SERVER  50µs  trace=463ac35c9f6413ad48485a3953bb6124 id=00000000000000b1 parent=00000000000000a1\n' +
        '16:00:00.000  client  work  INTERNAL  open  trace=463ac35c9f6413ad48485a3953bb6124 id=00000000000000b1  error="a\\nb\\u001b[2J"\n',
    );
  });

  it('drops a span with an impossible time alone, and tells', async () => {
    let text = '';
    const dropped: number[] = [];
    const exporter = consoleExporter({ stream: { write: (part) => (text += part) } });
    await exporter.send([fakeSpan({ startTime: [Number.NaN, 0] }), fakeSpan()], {
      ...options,
      onDropped: ({ length }) => dropped.push(length),
    });
    expect(text.split('\n')).toHaveLength(2);
    expect(dropped).toEqual([1]);
  });
});
