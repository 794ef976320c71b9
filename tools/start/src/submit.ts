import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StartError } from './errors.ts';

/** What the client says about a finished task. */
export interface TaskResult {
  readonly words: number;
  readonly uniqueWords: number;
  readonly longestWord: string;
  readonly chunks: number;
  readonly topWords?: readonly (readonly [word: string, count: number])[];
  readonly receivedBytes?: number;
}

/** A task that came back. */
export interface DoneTask {
  readonly id: string;
  readonly result: TaskResult;
  /** Absent when the client does not trace. */
  readonly traceId: string | undefined;
  /** False when the client answered 202 and had to be asked again. */
  readonly answered: boolean;
}

/** Options of `submitTask`. */
export interface SubmitOptions {
  readonly signal: AbortSignal;
  /** Default 60000. */
  readonly deadlineMs?: number;
  /** How often a task that takes longer is asked for; default 200. */
  readonly everyMs?: number;
}

/** Sends the text to `POST /tasks` and waits for its result. Throws DT_ERR_START_TASK. */
export async function submitTask(clientUrl: string, text: string, options: SubmitOptions): Promise<DoneTask> {
  const { signal, deadlineMs = 60_000, everyMs = 200 } = options;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    const first = await request(`${clientUrl}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: text,
      signal: deadline,
    });
    if (first.status === 201) return doneTask(first.body, true);
    if (first.status !== 202) throw refusal(`POST /tasks got ${first.status}: ${short(first.body)}`);
    const place = new URL(first.location ?? `/tasks/${String(fieldsOf(first.body)['id'])}`, clientUrl);
    for (;;) {
      await sleep(everyMs, undefined, { signal: deadline });
      const again = await request(place, { signal: deadline });
      if (again.status !== 200 && again.status !== 202) {
        throw refusal(`GET ${place.pathname} got ${again.status}: ${short(again.body)}`);
      }
      if (fieldsOf(again.body)['status'] !== 'running') return doneTask(again.body, false);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StartError) throw error;
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const came = deadline.aborted ? `nothing came within ${deadlineMs} ms` : messageOf(cause);
    throw refusal(came, error);
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}

async function request(url: string | URL, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, body: parsed(text), location: response.headers.get('location') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function doneTask(body: unknown, answered: boolean): DoneTask {
  const { id, status, result, traceId } = fieldsOf(body);
  if (status !== 'done' || typeof id !== 'string' || !isResult(result)) {
    throw refusal(`the client says: ${short(body)}`);
  }
  return { id, result, traceId: typeof traceId === 'string' ? traceId : undefined, answered };
}

function isResult(value: unknown): value is TaskResult {
  const { words, uniqueWords, longestWord, chunks } = fieldsOf(value);
  return (
    [words, uniqueWords, chunks].every((one) => typeof one === 'number') && typeof longestWord === 'string'
  );
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const short = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)).slice(0, 300);

const refusal = (came: string, cause?: unknown) =>
  new StartError(
    'DT_ERR_START_TASK',
    `A task must come back done, but ${came}. The logs of the services say more.`,
    {
      cause,
    },
  );
