import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@distrace/broker';
import { removeTopology } from '@distrace/messaging';
import { vi } from 'vitest';

export type AppName = 'client' | 'executor' | 'exporter';

/** The three services as processes of their own, without the runner around them. */
export interface Deployment extends AsyncDisposable {
  readonly prefix: string;
  /** Folder with the span files. */
  readonly spool: string;
  url(app: AppName): string;
  process(app: AppName): ChildProcess;
}

const APPS: readonly AppName[] = ['exporter', 'executor', 'client'];
let deployments = 0;

/** Starts the services on a broker and waits until each is ready. */
export async function startDeployment(amqpUrl: string, env: NodeJS.ProcessEnv = {}): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'deployment-'));
  const prefix = `e2e-${process.pid}-${(deployments += 1)}-`;
  const spool = join(folder, 'spans');
  const apps = new Map<AppName, { readonly child: ChildProcess; readonly url: string }>();
  const stop = async () => {
    for (const { child } of [...apps.values()].toReversed()) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
    }
    await removeTopology(amqpUrl, prefix);
    await rm(folder, { recursive: true });
  };
  try {
    for (const name of APPS) {
      const port = await freePort();
      const main = fileURLToPath(new URL(`../../../apps/${name}/dist/main.js`, import.meta.url));
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
        env: {
          ...process.env,
          PORT: String(port),
          AMQP_URL: amqpUrl,
          DISTRACE_QUEUE_PREFIX: prefix,
          DISTRACE_DATA_DIR: join(folder, name),
          DISTRACE_EXPORTER: `disk(${join(spool, `${name}.ndjson`)})`,
          ...env,
        },
        stdio: 'ignore',
      });
      apps.set(name, { child, url: `http://127.0.0.1:${port}` });
    }
    for (const { url } of apps.values()) {
      await vi.waitUntil(async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok === true, {
        timeout: 30_000,
        interval: 50,
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const get = (name: AppName) => {
    const app = apps.get(name);
    if (app === undefined) throw new Error(`There is no app "${name}".`);
    return app;
  };
  return {
    prefix,
    spool,
    url: (name) => get(name).url,
    process: (name) => get(name).child,
    [Symbol.asyncDispose]: stop,
  };
}
