import type { ResultMessage, TaskKind } from '@distrace/messaging';

/** `unsent`: the broker did not confirm the task; it may still run if the broker got it. */
export type TaskStatus = 'running' | 'done' | 'failed' | 'unsent';

/** What the client knows of a task; the text itself is not kept. Also what `GET /tasks/:id` answers. */
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
