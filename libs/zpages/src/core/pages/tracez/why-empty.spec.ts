import { describe, expect, it } from 'vitest';
import type { AggregationsAnswer } from '../../query.js';
import { fakeCore } from '../fake-core.spec.helper.js';
import { whyEmpty } from './why-empty.js';

function answer(
  change: (answer: AggregationsAnswer) => AggregationsAnswer = (same) => same,
): AggregationsAnswer {
  const result = fakeCore(new Map(), change).query({ kind: 'aggregations' });
  if (!result.ok) throw new Error('no answer');
  return result.answer;
}

const registered = { hasProvider: true, env: {} };

describe('why the table is empty', () => {
  it('is not said where it is not', () => {
    expect(
      whyEmpty(
        answer((same) => ({ ...same, rows: [{ name: 'a', running: 1, errors: 0, latency: [] }] })),
        registered,
      ),
    ).toBeUndefined();
  });

  it('is that OpenTelemetry is switched off', () => {
    expect(whyEmpty(answer(), { ...registered, env: { OTEL_SDK_DISABLED: ' TRUE ' } })).toContain(
      'OTEL_SDK_DISABLED is true',
    );
  });

  it('is that no provider was ever registered, or none that has the processor', () => {
    expect(whyEmpty(answer(), { ...registered, hasProvider: false })).toContain(
      'spanProcessors: [zpages.processor]',
    );
    const shutDown = answer((same) => ({ ...same, self: { ...same.self, processors: 0 } }));
    expect(whyEmpty(shutDown, registered)).toContain('shut down');
  });

  it('is a sampler that may record nothing', () => {
    expect(whyEmpty(answer(), { ...registered, env: { OTEL_TRACES_SAMPLER: 'always_off' } })).toContain(
      'OTEL_TRACES_SAMPLER is always_off',
    );
  });

  it('is that nothing happened yet, and for how long', () => {
    expect(whyEmpty(answer(), registered)).toContain('3 min 20 s ago');
  });
});
