import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const MAIN = fileURLToPath(
  new URL('../../../../examples/untraced-extension/dist/server.js', import.meta.url),
);

/** The extended instrumentation server of the example, as a process. */
export interface ExtendedServer extends AsyncDisposable {
  /** What an agent is told about it. */
  readonly args: Readonly<Record<string, string>>;
  /** What it did since it started. */
  counters(): Promise<Readonly<Record<string, number>>>;
}

/** Starts it on a free port, with a key pair of its own, and waits until it is ready. */
export async function startExtendedServer(): Promise<ExtendedServer> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const ready = () => /ready on (http:\/\/\S+?), .* public key (\S+)/.exec(output);
  await vi
    .waitUntil(() => ready() !== null || child.exitCode !== null, { timeout: 60_000, interval: 50 })
    .catch(() => undefined);
  const [, url, publicKey] = ready() ?? [];
  if (url === undefined || publicKey === undefined) {
    await stop();
    throw new Error(`The extended server must come up, but it did not:\n${output}`);
  }
  return {
    args: { connection: url, public_key: publicKey },
    async counters() {
      const answer = await fetch(`${url}/v1/stats`);
      return ((await answer.json()) as { readonly counters: Record<string, number> }).counters;
    },
    [Symbol.asyncDispose]: stop,
  };
}
