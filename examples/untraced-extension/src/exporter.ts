import { defineInterceptor } from '@distrace/instrumentation';
import { TraceContext } from '@distrace/tracing/core';
import { SpanKind } from '@opentelemetry/api';
import { appMethod, type TaskLike } from './app.js';
import { spanAround } from './span-around.js';

/** The exporter keeps a result; the span has ended when the client is told. */
export const exportResult = defineInterceptor({
  name: 'exporter-export',
  match: appMethod('Exporter', 'export'),
  ...spanAround(({ args }) => {
    const trace = TraceContext.current().copy();
    trace.openNestedSpan('Exporter span', { attributes: { 'task.id': (args[0] as TaskLike).id } });
    return trace;
  }),
});

/** The row in the database. */
export const saveResult = defineInterceptor({
  name: 'exporter-save',
  match: appMethod('ResultStore', 'save'),
  ...spanAround(() => {
    const trace = TraceContext.current().copy();
    trace.openNestedSpan('save task', {
      kind: SpanKind.CLIENT,
      attributes: {
        'db.system.name': 'sqlite',
        'db.operation.name': 'INSERT',
        'db.collection.name': 'tasks',
      },
    });
    return trace;
  }),
});
