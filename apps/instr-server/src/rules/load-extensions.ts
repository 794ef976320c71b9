import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { messageOf } from '@distrace/nest-server';
import { InstrServerError } from '../errors.js';
import type { LoadedRules } from './rule-set.js';

// Beside src and dist alike: a thread runs the built file.
const WORKER = fileURLToPath(new URL('../../dist/rules/load-worker.js', import.meta.url));

/** Options of {@link loadExtensions}. */
export interface LoadExtensionsOptions {
  /** Where relative folders and packages are looked for. */
  readonly baseFolder: string;
  /** Milliseconds. Default 60,000: the helper bundle is built meanwhile. */
  readonly timeoutMs?: number;
}

/** What the thread says. */
export type LoadAnswer = { readonly loaded: LoadedRules } | { readonly problem: string };

/**
 * Reads extensions in a thread that then ends: each time they are loaded afresh, nothing of them stays in the
 * server, and one that never comes to an end is ended.
 *
 * @throws InstrServerError with the extension's own error, file and line included.
 */
export async function loadExtensions(
  extensions: readonly string[],
  { baseFolder, timeoutMs = 60_000 }: LoadExtensionsOptions,
): Promise<LoadedRules> {
  const worker = new Worker(WORKER, { workerData: { extensions, baseFolder }, execArgv: [], stdout: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<LoadAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`they take at most ${timeoutMs} ms to load`)), timeoutMs);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`loading them ended with code ${code}`)));
    });
    if ('loaded' in answer) return answer.loaded;
    throw new Error(answer.problem);
  } catch (cause) {
    throw new InstrServerError(
      'DT_ERR_SERVER_EXTENSION',
      `Extensions must load, but ${extensions.map((name) => JSON.stringify(name)).join(', ')} do not: ${messageOf(cause)}`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
