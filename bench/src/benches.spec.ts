import { describe, expect, it } from 'vitest';
import { ABOUT, BENCHES } from './benches.ts';
import { targetLines } from './targets.ts';

/** Those that need no broker. What they measure here means nothing; that they run is the point. */
const CHEAP = {
  span: ['none', 'startActiveSpan', '@Span', 'nestjs-otel', 'openNestedSpan'],
  headers: ['none', 'opentelemetry', 'distrace', 'distrace, flag and annotation'],
  export: ['none', 'distrace', 'exporter-zipkin'],
  weave: ['none', 'distrace', 'orchestrion', 'babel'],
  probe: [
    'none',
    'distrace, off',
    'distrace, on',
    'distrace, off beside on',
    'orchestrion, off',
    'orchestrion, on',
  ],
} as const;

describe('the benches', () => {
  it.each(Object.entries(CHEAP))('%s runs and fills its table', async (name, variants) => {
    const rows = await BENCHES[name]!({ times: 600, rounds: 1 });
    expect(new Set(rows.map(({ variant }) => variant))).toEqual(new Set(variants));
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(['bench', 'variant', 'unit', 'median', 'ratioToNone']);
      expect(Number.isFinite(row.median)).toBe(true);
      expect(Number.isFinite(row.ratioToNone)).toBe(true);
    }
  });

  it('each say what they measure and how long it takes', () => {
    expect(Object.keys(ABOUT)).toEqual(Object.keys(BENCHES));
    for (const about of Object.values(ABOUT)) expect(about).toMatch(/\(.*\d+ (?:s|min)\)$/);
  });

  it('are held to what their tables are to show', async () => {
    const rows = await BENCHES['export']!({ times: 600, rounds: 1 });
    expect(targetLines(rows)).toEqual([
      expect.stringMatching(
        /^(holds|MISSED) {2}export, encode: distrace \/ exporter-zipkin = .* \(at most 0.8\)$/,
      ),
      expect.stringMatching(/export, post/),
    ]);
  });
});
