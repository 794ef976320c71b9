import { FieldReader, type WordCount } from './parse-fields.js';

/** What can be asked of the executor. */
export const TASK_KINDS = ['count-words'] as const;
/** One of {@link TASK_KINDS}. */
export type TaskKind = (typeof TASK_KINDS)[number];

/** Client to executor, on the queue `tasks`. The whole text travels in one message. */
export interface TaskMessage {
  /** UUID; the key under which everything about the task is kept. */
  readonly id: string;
  readonly kind: TaskKind;
  readonly text: string;
  /** ISO 8601. */
  readonly submittedAt: string;
}

/** Executor to exporter, on the queue `results`. */
export interface ResultMessage {
  readonly id: string;
  readonly words: number;
  readonly uniqueWords: number;
  /** Shortened when it is very long, so that a result stays small; empty for a text without words. */
  readonly longestWord: string;
  /** Present when the flag `top-words` came with the trace context. */
  readonly topWords?: readonly WordCount[];
  /** Parts the text was cut into, each counted in a worker thread. */
  readonly chunks: number;
  /** The carried annotation `task.bytes`, present when the task came with a trace context. */
  readonly receivedBytes?: number;
}

/** Exporter (or a service that gave a task up) to client, on the queue `notifications`. */
export type NotificationMessage =
  | { readonly id: string; readonly status: 'done'; readonly result: ResultMessage }
  | { readonly id: string; readonly status: 'failed'; readonly error: string };

/** @throws {ContractError} when the value is not a task. */
export function parseTaskMessage(value: unknown): TaskMessage {
  const fields = new FieldReader('TaskMessage', value);
  return {
    id: fields.taskId('id'),
    kind: fields.oneOf('kind', TASK_KINDS),
    text: fields.text('text'),
    submittedAt: fields.isoTime('submittedAt'),
  };
}

/** @throws {ContractError} when the value is not a result. */
export function parseResultMessage(value: unknown): ResultMessage {
  const fields = new FieldReader('ResultMessage', value);
  return {
    id: fields.taskId('id'),
    words: fields.count('words'),
    uniqueWords: fields.count('uniqueWords'),
    longestWord: fields.text('longestWord'),
    ...(fields.has('topWords') ? { topWords: fields.wordCounts('topWords') } : {}),
    chunks: fields.count('chunks'),
    ...(fields.has('receivedBytes') ? { receivedBytes: fields.count('receivedBytes') } : {}),
  };
}

/** @throws {ContractError} when the value is not a notification. */
export function parseNotificationMessage(value: unknown): NotificationMessage {
  const fields = new FieldReader('NotificationMessage', value);
  const id = fields.taskId('id');
  return fields.oneOf('status', ['done', 'failed']) === 'done'
    ? { id, status: 'done', result: parseResultMessage(fields.raw('result')) }
    : { id, status: 'failed', error: fields.text('error') };
}
