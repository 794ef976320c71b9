import type { Span } from '@distrace/zipkin';
import { messageOf } from './errors.ts';

/** What Zipkin has of a trace. */
export interface TraceRead {
  /** Pieces of spans as they were sent, not merged; names in lower case, as Zipkin keeps them. */
  readonly spans: readonly Span[];
  /** Why nothing could be read. That Zipkin does not know the trace yet is no problem. */
  readonly problem?: string;
}

/** Options of `readTrace`. */
export interface ReadTraceOptions {
  readonly decodeSpans: (body: string) => readonly Span[];
  readonly signal: AbortSignal;
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** Asks Zipkin for a trace. Rejects with the signal's reason only. */
export async function readTrace(
  zipkinUrl: string,
  traceId: string,
  { decodeSpans, signal, timeoutMs = 5_000 }: ReadTraceOptions,
): Promise<TraceRead> {
  const url = `${zipkinUrl}/api/v2/trace/${traceId}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
    const text = await response.text();
    if (response.status === 200) return { spans: decodeSpans(text) };
    if (response.status === 404) return { spans: [] };
    return { spans: [], problem: `${url} got ${response.status} ${text.slice(0, 200)}`.trim() };
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { spans: [], problem: `${url}: ${messageOf(cause)}` };
  }
}
