import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { fakeSpan } from './fake-span.spec.helper.js';
import { roughBytes } from './span-size.js';

const LENGTH = 100_000;
const text = 'x'.repeat(LENGTH);
const sender = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const at: [number, number] = [1_764_000_000, 0];

describe('the rough size of a span', () => {
  it.each<[string, Parameters<typeof fakeSpan>[0]]>([
    ['its name', { name: text }],
    ['an attribute', { attributes: { text } }],
    ['an attribute that is a list', { attributes: { list: [text] } }],
    ['its status', { status: { code: SpanStatusCode.ERROR, message: text } }],
    ['the name of an event', { events: [{ name: text, time: at }] }],
    ["an event's attribute", { events: [{ name: 'e', time: at, attributes: { text } }] }],
    ["a link's attribute", { links: [{ context: sender, attributes: { list: ['a', text] } }] }],
  ])('counts the text of %s', (_, fields) => {
    const size = roughBytes(fakeSpan(fields));
    expect(size).toBeGreaterThan(LENGTH);
    expect(size).toBeLessThan(LENGTH + 4096);
  });

  it('counts events and links that have no text', () => {
    const links = Array.from({ length: 100 }, () => ({ context: sender }));
    const events = Array.from({ length: 100 }, () => ({ name: '', time: at }));
    const plain = roughBytes(fakeSpan());
    expect(roughBytes(fakeSpan({ links })) - plain).toBeGreaterThanOrEqual(100 * 100);
    expect(roughBytes(fakeSpan({ events })) - plain).toBeGreaterThanOrEqual(100 * 100);
  });

  it('is a number for what is no span at all', () => {
    expect(roughBytes({} as ReadableSpan)).toBeGreaterThan(0);
  });
});
