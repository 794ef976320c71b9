import { defineInterceptor } from '@distrace/instrumentation';
import { TraceContext } from '@distrace/tracing/core';
import { appMethod, TASK_BYTES, TOP_WORDS_FLAG, type TaskLike, type TaskStateLike } from './app.js';
import { OpenTasks } from './open-tasks.js';

const openTasks = new OpenTasks();

/** The client accepts a task: its main span opens, and stays open until the exporter's notification. */
export const acceptTask = defineInterceptor({
  name: 'client-accept',
  match: appMethod('TasksService', 'accept'),
  onEnter({ args }) {
    const { id } = args[0] as TaskLike;
    const trace = TraceContext.current().copy();
    trace.openNestedSpan('Main Client Span', { attributes: { 'task.id': id } }).addAnnotation('tskReceived');
    openTasks.begin(id, trace);
    trace.attachToCurrentAsync();
  },
  onExit(_call, result) {
    const { id, status } = result as TaskStateLike;
    if (status === 'unsent') openTasks.end(id, { error: new Error('not confirmed by the broker') });
  },
  onError({ args }, error) {
    openTasks.end((args[0] as TaskLike).id, { error });
  },
});

/** The client has preprocessed a task: from here on it is known how much goes to the others. */
export const preprocessTask = defineInterceptor({
  name: 'client-preprocess',
  match: appMethod('TasksService', 'preprocess'),
  onExit(_call, result) {
    const { text } = result as { readonly text: string };
    TraceContext.current()
      .getCurrentSpan()
      .setBinaryAnnotation(TASK_BYTES, Buffer.byteLength(text), { carried: true })
      .addFlag(TOP_WORDS_FLAG)
      .addAnnotation('tskPreprocessed');
  },
});

/** The notification has come: the main span ends, also when the client has answered long before. */
export const settleTask = defineInterceptor({
  name: 'client-settle',
  match: appMethod('TasksService', 'settle'),
  onExit({ args }) {
    const { id, status, error } = args[0] as TaskStateLike;
    openTasks.end(id, status === 'failed' ? { error: new Error(error) } : {});
  },
});
