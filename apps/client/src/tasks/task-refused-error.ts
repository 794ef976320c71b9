import { HttpException } from '@nestjs/common';
import type { TaskRecord } from './task-record.js';

/** A task that was not taken or did not succeed through no fault of the request. */
export class TaskRefusedError extends HttpException {
  private constructor(
    statusCode: 502 | 503,
    code: string,
    message: string,
    readonly task?: TaskRecord,
  ) {
    super({ statusCode, code, message, ...task }, statusCode);
  }

  static closing(): TaskRefusedError {
    return new TaskRefusedError(
      503,
      'DT_ERR_CLOSING',
      'The client is shutting down. Send the task again later.',
    );
  }

  static full(): TaskRefusedError {
    return new TaskRefusedError(
      503,
      'DT_ERR_BUSY',
      'Too many tasks are running at the same time. Send the task again later.',
    );
  }

  /** The broker is away, or did not confirm in time. */
  static unsent(task: TaskRecord, reason: string): TaskRefusedError {
    return new TaskRefusedError(
      503,
      'DT_ERR_UNSENT',
      `The message broker must confirm a task, instead: ${reason}. Look at /tasks/${task.id} before you send it again.`,
      task,
    );
  }

  /** 502: a service behind this one could not do the task. */
  static failed(task: TaskRecord): TaskRefusedError {
    return new TaskRefusedError(
      502,
      'DT_ERR_TASK_FAILED',
      `The task failed: ${task.error ?? 'no reason'}.`,
      task,
    );
  }
}
