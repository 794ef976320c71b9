// A setup file of Vitest: lints every span that the harnesses of a test file see, also those that its tests forget.
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach } from 'vitest';

let ended: ReadableSpan[] = [];

/** Every harness of the process shows its spans to the processor in this place. */
Object.defineProperty(globalThis, Symbol.for('distrace.testing.span-watcher'), {
  // Files that share a worker each bring their own.
  configurable: true,
  value: {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  },
});

/** Spans that other instrumentations made, in tests that run beside them, are not ours to judge. */
const FOREIGN_SCOPE = /^(?:@opentelemetry\/instrumentation-|@nestjs\/|nestjs-otel$)/;

async function lint(): Promise<void> {
  const seen = ended.filter((span) => !FOREIGN_SCOPE.test(span.instrumentationScope.name));
  ended = [];
  if (seen.length === 0) return;
  // Most test files have no spans: they need not wait for the rules either.
  const { lintSpans } = await import('@distrace/tracing/testing');
  const lines = seen.flatMap((one) =>
    lintSpans([one]).map(({ rule, message }) => `${rule}  ${SpanKind[one.kind]} "${one.name}": ${message}`),
  );
  if (lines.length === 0) return;
  throw new Error(
    `Spans are not as the conventions want them. Mend them, or say createTracingHarness({ lint: false }) where they are odd on purpose.\n${[...new Set(lines)].join('\n')}`,
  );
}

// Vitest runs the hooks of a setup file behind those of the test file: its harness is closed by then.
afterEach(lint);
afterAll(lint);
