import { describe, expect, it } from 'vitest';
import { createIdGenerator } from './id-generator.js';
import { withIds } from './id-slot.js';

describe('createIdGenerator', () => {
  it('makes ids of the lengths that W3C and Zipkin want, each different', () => {
    const ids = createIdGenerator();
    const spanIds = Array.from({ length: 5000 }, () => ids.generateSpanId());
    const traceIds = Array.from({ length: 5000 }, () => ids.generateTraceId());
    expect(new Set(spanIds).size).toBe(5000);
    expect(new Set(traceIds).size).toBe(5000);
    expect(spanIds.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
    expect(traceIds.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });

  it('lays time and node out in the high half, random bits in the low half', () => {
    const ids = createIdGenerator({ layout: 'time-node', now: () => 1_700_000_000_000 });
    const [first, second] = [ids.generateTraceId(), ids.generateTraceId()];
    expect(first.slice(0, 8)).toBe((1_700_000_000).toString(16));
    expect(second.slice(0, 16)).toBe(first.slice(0, 16));
    expect(second.slice(16)).not.toBe(first.slice(16));
  });

  it('never makes an id of zeros', () => {
    const ids = createIdGenerator({ fill: (buffer) => buffer.fill(0) });
    expect(ids.generateSpanId()).toBe('0000000000000001');
    expect(ids.generateTraceId()).toMatch(/1$/);
  });

  it('hands out waiting ids once, and forgets them with the call', () => {
    const ids = createIdGenerator();
    withIds({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }, () => {
      expect(ids.generateTraceId()).toBe('a'.repeat(32));
      expect(ids.generateTraceId()).not.toBe('a'.repeat(32));
    });
    expect(ids.generateSpanId()).not.toBe('b'.repeat(16));
  });
});
