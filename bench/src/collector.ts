import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Somebody to send spans to. */
export interface Collector extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/api/v2/spans`. */
  readonly url: string;
  /** Bytes of bodies so far. */
  bytes(): Promise<number>;
}

/** Starts a collector as a process of its own. It ends when this process does. */
export async function startCollector(): Promise<Collector> {
  const child = fork(fileURLToPath(new URL('./collector-process.ts', import.meta.url)));
  const next = async () => ((await once(child, 'message')) as [number])[0];
  const port = await next();
  return {
    url: `http://127.0.0.1:${port}/api/v2/spans`,
    bytes: async () => {
      const answer = next();
      child.send('bytes');
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
