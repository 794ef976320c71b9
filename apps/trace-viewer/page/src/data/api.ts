import type { DependencyLink, TraceSummary } from '@distrace/zipkin';

/** One line of the list. */
export interface ListedTrace extends TraceSummary {
  /** Epoch milliseconds of its last new span's arrival. */
  readonly changedAtMs?: number;
  /** The file it was read from; without one it is the server's. */
  readonly fileName?: string;
}

/** One page of the list. */
export interface TraceList {
  readonly traces: readonly ListedTrace[];
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

/** An answer that is not what was asked for; the message is the server's. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** The JSON text of a trace's spans; undefined when there is no such trace. */
export async function fetchTraceText(traceId: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await ask(`/api/v2/trace/${traceId}`, { signal });
  if (response.status === 404) return undefined;
  return await textOf(response);
}

export async function fetchList(parameters: URLSearchParams, signal: AbortSignal): Promise<TraceList> {
  return JSON.parse(await textOf(await ask(`/api/ui/summaries?${parameters}`, { signal }))) as TraceList;
}

export async function fetchServices(): Promise<readonly string[]> {
  return JSON.parse(await textOf(await ask('/api/v2/services'))) as readonly string[];
}

export async function fetchSpanNames(service: string, signal: AbortSignal): Promise<readonly string[]> {
  return await fetchNames('spans', service, signal);
}

/** Names of whom a service called. */
export async function fetchRemoteServices(service: string, signal: AbortSignal): Promise<readonly string[]> {
  return await fetchNames('remoteServices', service, signal);
}

export async function fetchDependencies(parameters: URLSearchParams): Promise<readonly DependencyLink[]> {
  return JSON.parse(
    await textOf(await ask(`/api/v2/dependencies?${parameters}`)),
  ) as readonly DependencyLink[];
}

/** Removes all traces from the server. */
export async function clearTraces(): Promise<void> {
  await textOf(
    await ask('/api/ui/traces', { method: 'DELETE', headers: { 'X-Requested-With': 'trace-page' } }),
  );
}

async function fetchNames(
  kind: string,
  serviceName: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = `/api/v2/${kind}?${new URLSearchParams({ serviceName })}`;
  return JSON.parse(await textOf(await ask(path, { signal }))) as readonly string[];
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(path, { cache: 'no-cache', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, 'The trace viewer does not answer. Is it still running?');
  }
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok)
    throw new ApiError(response.status, messageIn(text) || `The server answered ${response.status}.`);
  return text;
}

/** What an answer says that is no good: `message` of JSON, else the text. */
export function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // It is text.
  }
  return text.trim();
}
