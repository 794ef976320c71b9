// Writes spans to disk as fast as it can until it is killed: `node endless-writer.ts 'disk(…)'`.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTracing } from '@distrace/tracing';
import { TraceContext } from '@distrace/tracing/core';

createTracing({
  serviceName: 'writer',
  exporter: process.argv[2] ?? '',
  flushIntervalMs: 1,
  maxBatchSize: 64,
});

for (let count = 0; ; count += 1) {
  const trace = TraceContext.create();
  trace.openNestedSpan(`span ${count}`).setBinaryAnnotation('writer.text', 'x'.repeat(count % 2000));
  trace.closeCurrentSpan();
  if (count % 64 === 0) await nextTurn();
}
