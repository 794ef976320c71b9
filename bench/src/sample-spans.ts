import { SpanKind, SpanStatusCode, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * Ended spans of OpenTelemetry's SDK with what this library puts on them: traces of the reference deployment, 13
 * spans each, one in twenty failed. The resource has only what every app has; detectors add to it, and
 * OpenTelemetry's exporter repeats all of it on every span.
 */
export function sampleSpans(count: number): ReadableSpan[] {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    resource: RESOURCE,
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void ended.push(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const tracer = provider.getTracer('@distrace/tracing', '0.1.0');
  for (let task = 0; ended.length < count; task++) oneTask(tracer, task);
  return ended.slice(0, count);
}

function oneTask(tracer: Tracer, task: number): void {
  const id = crypto.randomUUID();
  const open = openWith(tracer);
  const root = open(ROOT_CONTEXT, 'POST /tasks', SpanKind.SERVER, {
    ...REQUEST,
    'network.peer.port': 40_000 + (task % 20_000),
  });
  const main = open(root.ctx, 'Main Client Span', SpanKind.INTERNAL, { 'task.id': id, 'task.bytes': 2121 });
  main.span.addEvent('tskReceived');
  main.span.addEvent('tskPreprocessed');
  const sent = open(main.ctx, 'send tasks', SpanKind.PRODUCER, message('send', 'tasks'));
  const taken = open(sent.ctx, 'process tasks', SpanKind.CONSUMER, delivery('tasks', task, id));
  const work = open(taken.ctx, 'Executor span', SpanKind.INTERNAL, { 'task.id': id, 'task.chunks': 2 });
  for (const chunk of [0, 1]) {
    open(work.ctx, 'count words', SpanKind.INTERNAL, {
      'chunk.index': chunk,
      'thread.id': chunk + 1,
    }).span.end();
  }
  const result = open(work.ctx, 'send results', SpanKind.PRODUCER, message('send', 'results'));
  const saved = open(result.ctx, 'process results', SpanKind.CONSUMER, delivery('results', task, id));
  const exporting = open(saved.ctx, 'Exporter span', SpanKind.INTERNAL, { 'task.id': id });
  const file = open(exporting.ctx, 'save task', SpanKind.CLIENT, {
    'file.path': `/data/results/${id}.json`,
    'file.size': 512,
  });
  if (task % 20 === 0) fail(file.span);
  const told = open(saved.ctx, 'send notifications', SpanKind.PRODUCER, message('send', 'notifications'));
  const heard = open(
    told.ctx,
    'process notifications',
    SpanKind.CONSUMER,
    delivery('notifications', task, id),
  );
  root.span.setAttributes({ 'http.route': '/tasks', 'http.response.status_code': 201 });
  for (const { span } of [heard, told, file, exporting, saved, result, work, taken, sent, main, root])
    span.end();
}

const openWith =
  (tracer: Tracer) => (parent: Context, name: string, kind: SpanKind, attributes: Attributes) => {
    const span = tracer.startSpan(name, { kind, attributes }, parent);
    return { span, ctx: trace.setSpan(parent, span) };
  };

function fail(span: Span): void {
  const error = new RangeError('ENOSPC: no space left on device, write');
  span.recordException(error);
  span.setAttribute('error.type', 'RangeError');
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}

const RESOURCE: ReadableSpan['resource'] = {
  attributes: {
    'service.name': 'executor',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '3.1.0',
    'network.local.address': '127.0.0.1',
    'network.local.port': 3001,
  },
  merge: (other) => other ?? RESOURCE,
  getRawAttributes: () => [],
};

const REQUEST: Attributes = {
  'http.request.method': 'POST',
  'url.path': '/tasks',
  'url.scheme': 'http',
  'network.protocol.version': '1.1',
  'server.address': '127.0.0.1',
  'server.port': 3000,
  'client.address': '127.0.0.1',
  'network.peer.address': '127.0.0.1',
  'user_agent.original': 'curl/7.88.1',
};

function message(operation: 'send' | 'process', queue: string): Attributes {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': `distrace-1f00aa55-${queue}`,
    'messaging.destination.template': queue,
    'messaging.rabbitmq.destination.routing_key': `distrace-1f00aa55-${queue}`,
    'server.address': '127.0.0.1',
    'server.port': 5672,
  };
}

function delivery(queue: string, tag: number, id: string): Attributes {
  return {
    ...message('process', queue),
    'messaging.rabbitmq.message.delivery_tag': tag + 1,
    'messaging.message.id': id,
    'messaging.message.conversation_id': id,
  };
}
