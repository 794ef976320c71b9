import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, startGuardian } from '@distrace/broker';
import type { FoundZipkin } from './find-zipkin.ts';

/** A Zipkin that answers. */
export interface RunningZipkin extends AsyncDisposable {
  /** Without a `/` at its end. */
  readonly url: string;
  /** Undefined for one that ran before. */
  readonly pid: number | undefined;
}

/** How long the server may take; 15 s on two busy cores. */
const READY_WITHIN_MS = 120_000;

/**
 * Starts a Zipkin with its store in memory, on a free port of 127.0.0.1, and waits until it is healthy. It ends with
 * the process that started it, however that ends. `env` adds to the server's settings (`STRICT_TRACE_ID` …); one
 * that runs already (`ZIPKIN_URL`) is taken as it is.
 */
export async function startZipkin(
  found: Exclude<FoundZipkin, { readonly how: 'none' }>,
  { env = {} }: { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<RunningZipkin> {
  if (found.how === 'url') {
    return { url: found.url, pid: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const guardian = startGuardian();
  const folder = mkdtempSync(join(tmpdir(), 'distrace-zipkin-'));
  guardian.adoptFolder(folder);
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const child = spawn(found.java, ['-Xmx512m', '-jar', found.jar], {
    cwd: folder,
    env: {
      ...process.env,
      STORAGE_TYPE: 'mem',
      // Not QUERY_PORT, which binds every address.
      ARMERIA_PORTS_0_IP: '127.0.0.1',
      ARMERIA_PORTS_0_PORT: String(port),
      ARMERIA_PORTS_0_PROTOCOLS_0: 'http',
      ...env,
    },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => undefined); // no pid then
  if (child.pid !== undefined) guardian.adoptProcess(child.pid);
  const stop = async () => {
    if (isRunning(child)) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    }
    await guardian.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  while (isRunning(child) && performance.now() < deadline) {
    if (await isHealthy(url)) return { url, pid: child.pid, [Symbol.asyncDispose]: stop };
    await delay(100);
  }
  const said = readFileSync(log, 'utf8').slice(-2000);
  await stop();
  throw new Error(`Zipkin must be healthy within ${READY_WITHIN_MS} ms, but it was not:\n${said}`);
}

const isRunning = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
