import { groupTraces, summarise } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { readSpanFile } from '../model/read-span-file.js';
import { normaliseTraceId } from '../model/route.js';
import type { ListedTrace } from './api.js';

/** A trace that came from a file and lives in this tab only. */
export interface LocalTrace {
  readonly traceId: string;
  readonly fileName: string;
  readonly spans: readonly Span[];
  /** Told apart by this: a file that is opened again is another one. */
  readonly number: number;
  readonly summary: ListedTrace;
}

/** What a file is known by besides its name. */
let opened = 0;
let traces: readonly LocalTrace[] = [];
const listeners = new Set<() => void>();

/** Reads a file's spans. A trace that a file of the same name had before is replaced; the server's is another.
 * @returns its traces. @throws Error that says what is wrong. */
export function addLocalTraces(text: string, fileName: string): readonly LocalTrace[] {
  const added: LocalTrace[] = [];
  for (const [id, spans] of groupTraces(readSpanFile(text))) {
    const traceId = normaliseTraceId(id);
    added.push({
      traceId,
      fileName,
      spans,
      number: ++opened,
      summary: { ...summarise(spans), traceId, fileName },
    });
  }
  const isReplaced = (old: LocalTrace): boolean =>
    old.fileName === fileName && added.some(({ traceId }) => traceId === old.traceId);
  change([...added, ...traces.filter((old) => !isReplaced(old))]);
  return added;
}

/** All of them, the last opened first. Another list whenever they have changed. */
export function localTraces(): readonly LocalTrace[] {
  return traces;
}

export function clearLocalTraces(): void {
  change([]);
}

/** Calls back after each change until the returned function is called. */
export function listenLocalTraces(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function change(next: readonly LocalTrace[]): void {
  traces = next;
  for (const listener of listeners) listener();
}
