import type { EditList, FileIdentity } from '@distrace/instrumentation/wire';
import { fileKey } from '@distrace/instrumentation/wire';
import type { Breaker } from '../transport/breaker.js';
import { StatusError } from '../transport/failure.js';
import type { Ask, Endpoint } from '../transport/request.js';
import { instrumentAsk, readInstrument } from '../server.js';
import type { Answer } from './lists.js';

export interface AskerOptions {
  readonly endpoint: Endpoint;
  readonly service: string;
  readonly timeoutMs: number;
  readonly upload: 'marked' | 'never';
  readonly breaker: Breaker;
  readonly askSync: (endpoint: Endpoint, ask: Ask) => unknown;
  /** Checks signature and form of a list, and that it is for this file's bytes. */
  readonly accept: (signed: string, file: FileIdentity) => EditList;
  /** For the next start. */
  readonly keep: (key: string, signed: string) => void;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
}

/** What a server says of this file, not of itself: its form, its size, its hash. */
const OF_THE_FILE = new Set([400, 413, 422]);

/**
 * Asks the server about a file that nothing is known of, while the loader waits: first by hash alone, then with the
 * source if the server has not seen it. Undefined when it does not answer, or must not be asked now.
 */
export function makeAsker(options: AskerOptions): (file: FileIdentity, text: string) => Answer | undefined {
  const { endpoint, service, timeoutMs, upload, breaker, askSync, accept, keep, nowMs, failed } = options;
  const once = (file: FileIdentity, text: string | undefined) =>
    readInstrument(askSync(endpoint, instrumentAsk(service, file, text, timeoutMs)));

  return (file, text) => {
    if (!breaker.allows) return undefined;
    const startedAtMs = nowMs();
    try {
      let answer = once(file, undefined);
      if (answer.status === 'need-source' && upload !== 'never') answer = once(file, text);
      breaker.succeeded();
      if (answer.status === 'need-source') return undefined;
      // Of a busy server, out of time or memory, or of one that lies: it must not outlive this process.
      if (answer.status === 'refused') return { decision: null, from: 'server', why: answer.reason };
      const list = accept(answer.edits, file);
      keep(fileKey(file), answer.edits);
      return { decision: list.edits.length === 0 ? null : list, from: 'server' };
    } catch (error) {
      if (error instanceof StatusError && OF_THE_FILE.has(error.status)) return undefined;
      breaker.failed();
      failed(error);
      return undefined;
    } finally {
      breaker.waited(nowMs() - startedAtMs);
    }
  };
}
