import { HttpException } from '@nestjs/common';

/** Another process holds a lock on `tasks.db`, so a task could not be read or written now: 503. */
export class TasksLockedError extends HttpException {
  constructor(options: { readonly cause: unknown }) {
    const message = 'The list of tasks is locked by another process. Try again later.';
    super({ statusCode: 503, code: 'DT_ERR_TASKS_LOCKED', message }, 503, options);
  }
}

const SQLITE_BUSY = 5;

/** That of SQLite in our words; other errors as they are. */
export function asTasksLockedError(error: unknown): unknown {
  const errcode = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined;
  // An extended code, such as that of a snapshot which is too old, has the plain one in its lowest byte.
  const isBusy = typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
  return isBusy ? new TasksLockedError({ cause: error }) : error;
}
