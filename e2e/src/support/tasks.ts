import { vi } from 'vitest';

/** What the client answers. */
export interface TaskAnswer {
  /** HTTP status. */
  readonly code: number;
  readonly id: string;
  readonly status: string;
  readonly traceId?: string;
  readonly error?: string;
  readonly message?: string;
  readonly result?: { readonly words: number; readonly chunks: number; readonly receivedBytes?: number };
}

async function answerOf(response: Response): Promise<TaskAnswer> {
  const body = (await response.json()) as Omit<TaskAnswer, 'code'>;
  return { ...body, code: response.status };
}

/** `POST /tasks`. */
export async function postTask(client: string, text: string): Promise<TaskAnswer> {
  const headers = { 'content-type': 'text/plain' };
  return answerOf(await fetch(`${client}/tasks`, { method: 'POST', headers, body: text }));
}

/** `GET /tasks/:id`. */
export async function findTask(client: string, id: string): Promise<TaskAnswer> {
  return answerOf(await fetch(`${client}/tasks/${id}`));
}

/** Asks until the task has this status. */
export async function untilTask(client: string, id: string, status: string): Promise<TaskAnswer> {
  return vi.waitFor(
    async () => {
      const task = await findTask(client, id);
      if (task.status !== status) throw new Error(`task ${id} is ${JSON.stringify(task)}, not ${status}`);
      return task;
    },
    { timeout: 30_000, interval: 50 },
  );
}
