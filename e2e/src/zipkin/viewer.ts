import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '@distrace/broker';
import { vi } from 'vitest';

/** Our stand-in as a process of its own. */
export interface Viewer extends AsyncDisposable {
  readonly url: string;
}

/** Another process may take a port between the moment it was found free and the moment it is listened on. */
const MOST_STARTS = 3;

/** Starts the trace viewer with an empty store in memory, and waits until it is healthy. */
export async function startViewer(env: NodeJS.ProcessEnv = {}): Promise<Viewer> {
  for (let left = MOST_STARTS - 1; left > 0; left--) {
    const viewer = await startOnce(env).catch(() => undefined);
    if (viewer) return viewer;
  }
  return startOnce(env);
}

async function startOnce(env: NodeJS.ProcessEnv): Promise<Viewer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const main = fileURLToPath(new URL('../../../apps/trace-viewer/dist/main.js', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  try {
    await vi.waitFor(
      async () => {
        if (!(await fetch(`${url}/health`)).ok) throw new Error('The viewer is not healthy.');
      },
      { timeout: 20_000, interval: 50 },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: stop };
}
