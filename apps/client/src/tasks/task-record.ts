import type { ResultMessage, TaskKind } from '@distrace/messaging';

/** `unsent`: the broker did not confirm the task; it may still run if the broker got it. */
export type TaskStatus = 'running' | 'done' | 'failed' | 'unsent';

/** What the client knows of a task; the text itself is not kept. */
export interface TaskRecord {
  readonly id: string;
  readonly status: TaskStatus;
  /** Unknown for a task that another run of the client submitted. */
  readonly kind?: TaskKind;
  /** UTF-8 bytes of the preprocessed text. */
  readonly bytes?: number;
  readonly submittedAt?: string;
  readonly finishedAt?: string;
  /** 32 hex digits. */
  readonly traceId?: string;
  readonly result?: ResultMessage;
  readonly error?: string;
}

/** What is answered of a task. */
export interface ShownTask extends TaskRecord {
  /** The page of its trace. */
  readonly traceUrl?: string;
}

/** Adds where the trace is, by the `template` with `{traceId}` in it. */
export function showTask(task: TaskRecord, template: string | undefined): ShownTask {
  const { traceId } = task;
  if (template === undefined || traceId === undefined) return task;
  return { ...task, traceUrl: template.replaceAll('{traceId}', traceId) };
}
