import { describe, expect, it } from 'vitest';
import { FakeSpan, createTracez } from './tracez.spec.helper.js';
import type { AggregatorOptions } from './options.js';
import type { EndedSpan } from './span-data.js';

/** The sample of a span that a test has bent. */
function sampleOf(bend: (span: FakeSpan) => void, options: AggregatorOptions = {}): EndedSpan {
  const tracez = createTracez(options);
  const span = tracez.start('a');
  bend(span);
  tracez.end(span, { nanos: 3e9 });
  return tracez.ask({ kind: 'latency', name: 'a', bucket: 6 }).samples[0]!;
}

/** A time so many microseconds after the start of a span. */
function after(span: FakeSpan, micros: number): [number, number] {
  return [span.startTime[0] + Math.floor(micros / 1e6), (micros % 1e6) * 1e3];
}

describe('a sample', () => {
  it('T57: has its events by time with deltas, its attributes by key', () => {
    const sample = sampleOf((span) => {
      span.attributes = { b: true, a: [1, 2], c: 'x' };
      span.events = [0, 1500e3, 1e3, 2000e3].map((micros) => ({
        name: `at ${micros}`,
        time: after(span, micros),
      }));
    });
    expect(sample.events.map((event) => [event.name, event.sinceStartMicros, event.deltaMicros])).toEqual([
      ['at 0', 0, 0],
      ['at 1000', 1000, 1000],
      ['at 1500000', 1_500_000, 1_499_000],
      ['at 2000000', 2_000_000, 500_000],
    ]);
    expect(sample.attributes).toEqual([
      { key: 'a', value: [1, 2] },
      { key: 'b', value: true },
      { key: 'c', value: 'x' },
    ]);
  });

  it('T62: of a hundred events the first and the last stay, and how many do not', () => {
    const { events, eventsDiscarded } = sampleOf(
      (span) => {
        span.events = Array.from({ length: 100 }, (_, i) => ({ name: `event ${i}`, time: after(span, i) }));
      },
      { maxEvents: 10 },
    );
    expect(events.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 96, 97, 98, 99].map((i) => `event ${i}`));
    expect(eventsDiscarded).toEqual({ count: 91, afterIndex: 5 });
  });

  it('N26: long texts are cut between two characters, and marked', () => {
    const { attributes, statusMessage } = sampleOf(
      (span) => {
        span.attributes = {
          emoji: '😀'.repeat(2000),
          odd: `x${'😀'.repeat(2000)}`,
          japanese: '日本語'.repeat(700),
        };
        span.status = { code: 1, message: '😀'.repeat(2000) };
      },
      { maxValueLength: 100 },
    );
    expect(attributes).toEqual([
      { key: 'emoji', value: '😀'.repeat(50), cut: true },
      { key: 'japanese', value: `${'日本語'.repeat(33)}日`, cut: true },
      { key: 'odd', value: `x${'😀'.repeat(49)}`, cut: true },
    ]);
    expect(statusMessage).toBe('😀'.repeat(50));
  });

  it('has parent, kind, scope, links, and what was dropped', () => {
    const other = new FakeSpan('other');
    const sample = sampleOf(
      (span) => {
        span.kind = 3;
        span.parentSpanContext = { ...other.context, isRemote: true };
        span.links = Array.from({ length: 3 }, (_, i) => ({ context: other.context, attributes: { i } }));
        span.attributes = { a: 1, b: 2, c: 3 };
        span.droppedEventsCount = 7;
        span.droppedAttributesCount = 1;
      },
      { maxLinks: 2, maxAttributes: 2 },
    );
    const { traceId, spanId } = other.context;
    expect(sample).toMatchObject({
      kind: 'PRODUCER',
      parentSpanId: spanId,
      parentIsRemote: true,
      scopeName: 'test',
      scopeVersion: '1.0',
      status: 'UNSET',
      links: [
        { traceId, spanId, attributes: [{ key: 'i', value: 0 }] },
        { traceId, spanId, attributes: [{ key: 'i', value: 1 }] },
      ],
      droppedAttributes: 2,
      droppedEvents: 7,
      droppedLinks: 1,
    });
  });

  it('holds any value in words of JSON, and survives serialising whatever the keys', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const sample = sampleOf((span) => {
      span.attributes = JSON.parse('{"__proto__": 1, "constructor": "x", "": "empty", "\\ud800": "\\udfff"}');
      Object.assign(span.attributes, { nan: Number.NaN, none: undefined, nested: { a: [1] }, loop, big: 1n });
    });
    expect(Object.fromEntries(sample.attributes.map(({ key, value }) => [key, value]))).toEqual(
      JSON.parse(
        '{"__proto__": 1, "constructor": "x", "": "empty", "\\ud800": "\\udfff", "nan": "NaN", "none": null,' +
          '"nested": "{\\"a\\":[1]}", "loop": "unreadable value", "big": "1"}',
      ),
    );
    expect(JSON.parse(JSON.stringify(sample))).toEqual(sample);
  });

  it('keeps lists to the length of one text', () => {
    const { attributes } = sampleOf(
      (span) => {
        span.attributes = { long: Array.from({ length: 1000 }, () => 'abc'), short: ['a', 'b'] };
      },
      { maxValueLength: 20 },
    );
    expect(attributes).toEqual([
      { key: 'long', value: ['abc', 'abc', 'abc', 'abc', 'abc'], cut: true },
      { key: 'short', value: ['a', 'b'] },
    ]);
  });

  it('is a copy: later changes of the span’s objects do not show', () => {
    const tracez = createTracez();
    const span = tracez.start('a');
    span.attributes['list'] = ['kept'];
    tracez.end(span);
    const look = () => tracez.ask({ kind: 'latency', name: 'a', bucket: 0 }).samples;
    expect(look()[0]?.attributes).toEqual([{ key: 'list', value: ['kept'] }]);
    (span.attributes['list'] as string[]).push('late');
    span.attributes['late'] = true;
    expect(look()[0]?.attributes).toEqual([{ key: 'list', value: ['kept'] }]);
  });

  it('has at most about 64 Ki characters of attributes, events and links, and says what is missing', () => {
    const texts = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, 'x'.repeat(2000)]));
    const context = new FakeSpan('other').context;
    const sample = sampleOf((span) => {
      span.attributes = texts(64);
      span.events = Array.from({ length: 9 }, (_, i) => ({
        name: `event ${i}`,
        time: after(span, i),
        attributes: texts(64),
      }));
      span.links = Array.from({ length: 10 }, () => ({ context, attributes: texts(64) }));
    });
    const length = JSON.stringify(sample).length;
    expect([length > 60_000, length < 80_000]).toEqual([true, true]);
    // Each event and link has its part, and attributes half of it all.
    expect(sample.events).toHaveLength(9);
    expect(sample.events.every(({ attributes }) => attributes.length > 0)).toBe(true);
    expect(sample.attributes.length).toBeGreaterThanOrEqual(30);
    const kept = [sample, ...sample.events, ...sample.links].map(({ attributes }) => attributes.length);
    const all = 64 * 20;
    expect(sample.droppedAttributes + sample.droppedLinks * 64).toBe(all - kept.reduce((a, b) => a + b, 0));
    expect(sample.links.length + sample.droppedLinks).toBe(10);
  });

  it('leaves out events and links that have no room at all', () => {
    const context = new FakeSpan('other').context;
    const { events, links, droppedEvents, droppedLinks, attributes } = sampleOf(
      (span) => {
        span.attributes = { a: 1 };
        span.events = Array.from({ length: 100 }, (_, i) => ({
          name: 'x'.repeat(1024),
          time: after(span, i),
        }));
        span.links = [{ context }];
      },
      { maxEvents: 1000 },
    );
    expect([events.length, droppedEvents, links.length, droppedLinks]).toEqual([32, 68, 0, 1]);
    expect(attributes).toHaveLength(1);
  });

  it('keeps one text of the length that was asked for, however long', () => {
    const long = 'x'.repeat(100_000);
    const { attributes } = sampleOf((span) => (span.attributes = { long, next: 1 }), {
      maxValueLength: 100_000,
    });
    expect(attributes.map(({ key, value }) => [key, String(value).length])).toEqual([['long', 100_000]]);
  });

  it('cuts the name and version of a scope, and counts them', () => {
    const tracez = createTracez({ maxValueLength: 100 });
    const bytesWith = (name: string): number => {
      const before = tracez.all().self.sampleBytes;
      const span = tracez.start(name);
      Object.assign(span, {
        instrumentationScope: { name: name.repeat(10_000), version: '1'.repeat(10_000) },
      });
      tracez.end(span);
      return tracez.all().self.sampleBytes - before;
    };
    expect(bytesWith('a')).toBe(bytesWith('') + 200);
    const [sample] = tracez.ask({ kind: 'latency', name: 'a', bucket: 0 }).samples;
    expect([sample?.scopeName, sample?.scopeVersion]).toEqual(['a'.repeat(100), '1'.repeat(100)]);
  });

  it.each([undefined, null, 7])('takes an event of the name %j', (name) => {
    const { events } = sampleOf((span) => (span.events = [{ name: name as never, time: [0, 0] }]));
    expect(events[0]?.name).toBe(String(name));
  });
});
