import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@distrace/broker';
import type { Guardian } from '@distrace/broker';
import { removeTopology } from '@distrace/messaging';

/** The three services of the reference deployment, each a process. */
export interface Deployment extends AsyncDisposable {
  /** Where tasks go. */
  readonly url: string;
  /** CPU milliseconds that the services have used so far, or undefined where the system does not say. */
  cpuMillis(): number | undefined;
}

/** Where and how the services run. */
export interface DeploymentOptions {
  readonly guardian: Guardian;
  readonly amqpUrl: string;
  /** On top of this process's environment. A `{folder}` in a value becomes the deployment's folder, `{app}` the service. */
  readonly env: Readonly<Record<string, string>>;
}

const APPS = ['exporter', 'executor', 'client'] as const;
const READY_MS = 60_000;
/** Linux counts processes' time in these. */
const TICK_MILLIS = 10;
let deployments = 0;

/** Starts the services and waits until each is ready. */
export async function startDeployment({ guardian, amqpUrl, env }: DeploymentOptions): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'distrace-bench-'));
  guardian.adoptFolder(folder);
  const prefix = `bench-${process.pid}-${(deployments += 1)}-`;
  const children: ChildProcess[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await removeTopology(amqpUrl, prefix);
    await rm(folder, { recursive: true, force: true });
    guardian.releaseFolder(folder);
  };
  const start = async (app: string) => {
    const port = await freePort();
    const main = fileURLToPath(new URL(`../../apps/${app}/dist/main.js`, import.meta.url));
    const own = Object.entries(env).map(([name, value]) => [
      name,
      value.replace('{folder}', folder).replace('{app}', app),
    ]);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(port),
        AMQP_URL: amqpUrl,
        DISTRACE_QUEUE_PREFIX: prefix,
        DISTRACE_DATA_DIR: join(folder, app),
        ...Object.fromEntries(own),
      },
    });
    children.push(child);
    if (child.pid !== undefined) guardian.adoptProcess(child.pid);
    return { child, url: `http://127.0.0.1:${port}` };
  };
  try {
    let url = '';
    for (const app of APPS) {
      const started = await start(app);
      await ready(started);
      url = started.url;
    }
    return {
      url,
      cpuMillis: () => cpuMillis(children.map(({ pid }) => pid)),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready({ child, url }: { readonly child: ChildProcess; readonly url: string }): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(50);
  }
  throw new Error(`${url}/health must answer 200 within ${READY_MS} ms; exit code ${child.exitCode}`);
}

function cpuMillis(pids: readonly (number | undefined)[]): number | undefined {
  try {
    const ticks = pids.map((pid) => {
      // The name, second of the fields, may hold blanks; user and system time are the 14th and 15th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((sum, own) => sum + own, 0) * TICK_MILLIS;
  } catch {
    return undefined;
  }
}
