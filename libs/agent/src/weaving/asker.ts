import type { EditList, FileIdentity } from '@distrace/instrumentation/wire';
import { fileKey } from '@distrace/instrumentation/wire';
import type { Breaker } from '../transport/breaker.js';
import { StatusError } from '../transport/request.js';
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
  /** Checks signature and form of a list. */
  readonly accept: (signed: string) => EditList;
  /** For the next start. */
  readonly keep: (key: string, signed: string | null) => void;
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
      const decision = answer.status === 'woven' ? accept(answer.edits) : null;
      // A refusal may be one of a busy server, out of time or memory: it must not outlive this process.
      if (answer.status !== 'refused') keep(fileKey(file), answer.status === 'woven' ? answer.edits : null);
      return { decision, from: 'server', ...(answer.status === 'refused' ? { why: answer.reason } : {}) };
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
