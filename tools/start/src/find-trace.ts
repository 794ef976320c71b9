import { setTimeout as sleep } from 'node:timers/promises';

/** Options of `findTrace`. */
export interface FindTraceOptions {
  readonly signal: AbortSignal;
  /** Default 15000. */
  readonly deadlineMs?: number;
  /** Default 100. */
  readonly everyMs?: number;
}

/**
 * The id of the trace that has a span with tag `task.id` for this task: an app that nobody changed says none itself.
 * Undefined when none has come by the deadline. Rejects with the signal's reason only.
 */
export async function findTrace(
  zipkinUrl: string,
  taskId: string,
  { signal, deadlineMs = 15_000, everyMs = 100 }: FindTraceOptions,
): Promise<string | undefined> {
  const query = new URLSearchParams({ annotationQuery: `task.id=${taskId}`, limit: '1' });
  const end = performance.now() + deadlineMs;
  do {
    const found = await ask(`${zipkinUrl}/api/v2/traces?${query}`, signal);
    if (found !== undefined) return found;
    await sleep(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  } while (performance.now() < end);
  return undefined;
}

async function ask(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    const traces = (await response.json()) as readonly (readonly { readonly traceId?: unknown }[])[];
    const traceId = traces[0]?.[0]?.traceId;
    return typeof traceId === 'string' ? traceId : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
