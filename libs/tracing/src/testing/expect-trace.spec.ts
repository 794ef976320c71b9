import { SpanKind } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TraceContext } from '../core/index.js';
import { createTracingHarness, expectTrace } from './index.js';
import type { TracingHarness } from './index.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness({ lint: false });
  const tc = TraceContext.create();
  tc.openNestedSpan('root', { kind: SpanKind.SERVER });
  tc.openNestedSpan('b');
  tc.openNestedSpan('below b');
  tc.closeCurrentSpan().closeCurrentSpan();
  tc.openNestedSpan('a');
  tc.closeCurrentSpan().closeCurrentSpan();
});
afterEach(() => tracing.close());

describe('expectTrace', () => {
  it('accepts the tree, whatever its indentation and the order of siblings', () => {
    expect(() =>
      expectTrace(tracing.spans.ended).toHaveTree(`
        SERVER root
            INTERNAL a
            INTERNAL b
              INTERNAL below b
      `),
    ).not.toThrow();
  });

  it('refuses another tree and shows both', () => {
    const check = () => expectTrace(tracing.spans.ended).toHaveTree('SERVER root\n  INTERNAL a');
    expect(check).toThrow(
      /Expected:\nSERVER root\n {2}INTERNAL a\n\nGot:\nSERVER root\n {2}INTERNAL a\n {2}INTERNAL b/,
    );
  });

  it('refuses two traces', () => {
    TraceContext.create().openNestedSpan('another').otelSpan.end();
    expect(() => expectTrace(tracing.spans.ended).toHaveTree('SERVER root')).toThrow('they are of 2');
  });
});
