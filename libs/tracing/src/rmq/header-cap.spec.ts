import { describe, expect, it } from 'vitest';
import { joinHeaders } from './header-cap.js';

const ours = { traceparent: 'tp', baggage: 'b'.repeat(8000), 'distrace-flags': 'f', tracestate: 's' };

describe('joinHeaders', () => {
  it('keeps both, the user’s where a name is taken', () => {
    expect(joinHeaders({ traceparent: 'ours', a: '1' }, { traceparent: 'theirs', b: 2 })).toEqual({
      traceparent: 'theirs',
      a: '1',
      b: 2,
    });
  });

  it('leaves baggage out first when the table would be refused', () => {
    const users = { big: 'x'.repeat(58_000) };
    expect(Object.keys(joinHeaders(ours, users)).toSorted()).toEqual([
      'big',
      'distrace-flags',
      'traceparent',
      'tracestate',
    ]);
  });

  it('leaves the time of the publish out after what is bigger, and before the trace', () => {
    const users = { big: 'x'.repeat(61_380) };
    expect(
      Object.keys(joinHeaders({ timestamp_in_ms: 1, traceparent: 'tp' }, { big: 'x'.repeat(61_390) })),
    ).toEqual(['traceparent', 'big']);
    expect(Object.keys(joinHeaders({ timestamp_in_ms: 1, tracestate: 's'.repeat(40) }, users))).toEqual([
      'timestamp_in_ms',
      'big',
    ]);
  });

  it('leaves B3 out as a whole, the form with several headers first', () => {
    const multi = { 'x-b3-traceid': 't', 'x-b3-spanid': 's', 'x-b3-sampled': '1' };
    const users = { big: 'x'.repeat(61_390) };
    expect(Object.keys(joinHeaders({ ...multi, b3: 'x', traceparent: 'tp' }, users)).toSorted()).toEqual([
      'b3',
      'big',
      'traceparent',
    ]);
  });

  it('leaves everything of ours out before it touches the user’s', () => {
    const users = { big: Buffer.alloc(70_000), nested: { list: ['x'.repeat(300)] } };
    expect(joinHeaders(ours, users)).toEqual(users);
  });
});
