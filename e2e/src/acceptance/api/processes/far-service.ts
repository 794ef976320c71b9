// Another process, which gets a task as JSON, works on it in a span below the sender's and answers as JSON.
import { text } from 'node:stream/consumers';
import { createTracing } from '@distrace/tracing';
import { TraceContext } from '@distrace/tracing/core';

const { exporter, task, close } = JSON.parse(await text(process.stdin)) as {
  readonly exporter: string;
  readonly task: object;
  /** The task's current span was opened over there: close it here. */
  readonly close?: boolean;
};
const { shutdownTracing } = createTracing({
  serviceName: 'far',
  endpoint: { ip: '10.1.2.3', port: 4000 },
  exporter,
});

const trace = TraceContext.getFromObject(task);
const received = trace.getCurrentSpan();
const result = { done: true };
const answer = {
  traceId: trace.getTraceId(),
  spanId: received.spanId,
  flags: received.getFlags(),
  bytes: received.getBinaryAnnotation('task.bytes'),
};
if (close === true) {
  trace.closeCurrentSpan();
} else {
  trace.openSpan('Executor span');
  trace.attachOnObject(result);
}
const sent = JSON.stringify(result);
if (close !== true) trace.closeCurrentSpan();
await shutdownTracing();
process.stdout.write(JSON.stringify({ ...answer, result: JSON.parse(sent) as object }));
