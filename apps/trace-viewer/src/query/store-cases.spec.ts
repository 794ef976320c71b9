import { readFile } from 'node:fs/promises';
import { decodeSpans, type Span } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../store/memory-store.js';
import { traceToJson } from './trace-text.js';

interface StoreCase {
  readonly name: string;
  readonly mostSpans: number;
  readonly input: unknown;
  /** What Zipkin keeps, trace by trace. */
  readonly expected: readonly (readonly Span[])[];
}

const cases = JSON.parse(
  await readFile(new URL('../../../../libs/zipkin/fixtures/store.json', import.meta.url), 'utf8'),
) as StoreCase[];

/** Zipkin evicts by the low 64 bits, under which these three traces are one; it keeps the last list's span alone. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'U1 uuid1 store cap 2': ['37f97d28e5e911f192340242ac120002', '37f97d5ae5e911f192340242ac120002'],
};

describe('the store, beside that of Zipkin', () => {
  it.each(cases)('$name', ({ name, mostSpans, input, expected }) => {
    const spans = decodeSpans(JSON.stringify(input));
    const store = new MemoryStore({ maxSpans: mostSpans });
    for (const span of spans) store.add([span]);
    const kept = [...store.byStart()]
      .toReversed()
      .map((trace) => JSON.parse([...traceToJson(trace)].join('')) as Span[]);
    const ids = (traces: readonly (readonly Span[])[]) => traces.map(([first]) => first?.traceId);
    expect(ids(kept)).toEqual(OURS[name] ?? ids(expected));
    expect(kept).toEqual(expect.arrayContaining([...expected]));
  });
});
