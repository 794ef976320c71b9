import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@distrace/broker';
import type { Usage } from './probe.ts';

/** The trace viewer as a process of its own, with its store in memory. */
export interface ViewerProcess extends AsyncDisposable {
  /** Without a `/` at its end. */
  readonly url: string;
  /** Of the whole process, compiler and garbage collector included. */
  cpuMillis(): Promise<number>;
  /** Of the thread that does the work, without asking it; undefined where the system does not say. */
  threadCpuMillis(): number | undefined;
  /** Heap and external, after a garbage collection. */
  bytes(): Promise<number>;
  /** Spans in the store, and the memory that the viewer thinks they take. */
  store(): Promise<{ readonly spans: number; readonly bytes: number }>;
  /** Empties the store. */
  clear(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../../apps/trace-viewer/dist/main.js', import.meta.url));
const PROBE = new URL('./probe.ts', import.meta.url).href;
const READY_MS = 60_000;

/** Starts the built viewer and waits until it is healthy. `env` holds its settings. */
export async function startViewerProcess(env: Readonly<Record<string, string>> = {}): Promise<ViewerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = fork(MAIN, [], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc', '--import', PROBE],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', ...env },
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  const ask = async (question: string) => {
    const answer = once(child, 'message') as Promise<[Usage]>;
    child.send(question);
    return (await answer)[0];
  };
  const deadline = performance.now() + READY_MS;
  while (!(await isHealthy(url))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error(`${url}/health must answer 200 within ${READY_MS} ms; exit code ${child.exitCode}`);
    }
    await sleep(50);
  }
  return {
    url,
    cpuMillis: async () => (await ask('usage')).cpuMillis,
    threadCpuMillis: () => threadCpuMillis(child.pid),
    bytes: async () => (await ask('usage after gc')).bytes,
    store: async () => {
      const answer = await fetch(`${url}/api/ui/summaries?limit=1`);
      return ((await answer.json()) as { readonly store: { spans: number; bytes: number } }).store;
    },
    clear: async () => {
      const headers = { 'x-requested-with': 'bench' };
      const { status } = await fetch(`${url}/api/ui/traces`, { method: 'DELETE', headers });
      if (status !== 204) throw new Error(`DELETE /api/ui/traces must answer 204, instead came ${status}`);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

/** Linux: nanoseconds on a core are the first of the numbers, of a process's first thread. */
function threadCpuMillis(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}
