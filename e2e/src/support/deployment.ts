import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
  /** The process of an app; of one that was started again, the latest. */
  process(app: AppName): ChildProcess;
  /** What an app has printed. */
  log(app: AppName): Promise<string>;
  /** Where an app keeps its data. */
  dataDir(app: AppName): string;
  /** Starts an app, or starts it again on the same port with the same data, and waits until it is ready. */
  start(app: AppName): Promise<void>;
  /** Ends an app and waits for its end; answers its exit code, null when a signal ended it. */
  end(app: AppName, signal: NodeJS.Signals): Promise<number | null>;
}

/** What {@link startDeployment} may be told beside the environment of the apps. */
export interface DeploymentOptions {
  /** Those that are started. Default all. */
  readonly apps?: readonly AppName[];
  /** Replaces `AMQP_URL` of single apps. */
  readonly amqpUrlOf?: Partial<Record<AppName, string>>;
  /** The main file of an app. Default that of the reference app. */
  readonly mainOf?: (app: AppName) => string;
  /** Options of Node's, before the main file. */
  readonly nodeArgs?: readonly string[];
  /** Environment of single apps; wins. */
  readonly envOf?: (app: AppName) => NodeJS.ProcessEnv;
}

const APPS: readonly AppName[] = ['exporter', 'executor', 'client'];
const referenceMain = (app: AppName) =>
  fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));
let deployments = 0;

/** Starts the services on a broker and waits until each is ready. */
export async function startDeployment(
  amqpUrl: string,
  env: NodeJS.ProcessEnv = {},
  {
    apps = APPS,
    amqpUrlOf = {},
    mainOf = referenceMain,
    nodeArgs = [],
    envOf = () => ({}),
  }: DeploymentOptions = {},
): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'deployment-'));
  const prefix = `e2e-${process.pid}-${(deployments += 1)}-`;
  const spool = join(folder, 'spans');
  const children = new Map<AppName, ChildProcess>();
  const ports = new Map<AppName, number>();
  const url = (name: AppName) => `http://127.0.0.1:${ports.get(name)}`;
  const dataDir = (name: AppName) => join(folder, name);
  const processOf = (name: AppName) => {
    const child = children.get(name);
    if (child === undefined) throw new Error(`There is no app "${name}".`);
    return child;
  };

  const spawnApp = async (name: AppName) => {
    if (!ports.has(name)) ports.set(name, await freePort());
    const log = openSync(join(folder, `${name}.log`), 'a');
    const args = ['--disable-warning=ExperimentalWarning', ...nodeArgs, mainOf(name)];
    const child = spawn(process.execPath, args, {
      env: {
        ...process.env,
        PORT: String(ports.get(name)),
        AMQP_URL: amqpUrlOf[name] ?? amqpUrl,
        DISTRACE_QUEUE_PREFIX: prefix,
        DISTRACE_DATA_DIR: dataDir(name),
        // As the untraced apps call them.
        QUEUE_PREFIX: prefix,
        DATA_DIR: dataDir(name),
        DISTRACE_EXPORTER: `disk(${join(spool, `${name}.ndjson`)})`,
        ...env,
        ...envOf(name),
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    children.set(name, child);
  };
  const untilReady = async (name: AppName) => {
    const child = processOf(name);
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const isReady = async () => (await fetch(`${url(name)}/health`).catch(() => undefined))?.ok === true;
    await vi
      .waitUntil(async () => hasEnded() || (await isReady()), { timeout: 60_000, interval: 50 })
      .catch(() => undefined);
    if (!hasEnded() && (await isReady())) return;
    const log = await readFile(join(folder, `${name}.log`), 'utf8');
    throw new Error(`The ${name} must come up, but it did not:\n${log.slice(-2000)}`);
  };
  const end = async (name: AppName, signal: NodeJS.Signals) => {
    const child = processOf(name);
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill(signal);
      // One that a test has stopped would never see its SIGTERM.
      child.kill('SIGCONT');
      await exit;
    }
    return child.exitCode;
  };
  const stop = async () => {
    for (const name of [...children.keys()].toReversed()) await end(name, 'SIGTERM');
    await removeTopology(amqpUrl, prefix);
    await rm(folder, { recursive: true });
  };

  try {
    for (const name of apps) await spawnApp(name);
    for (const name of apps) await untilReady(name);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    prefix,
    spool,
    url,
    process: processOf,
    log: (name) => readFile(join(folder, `${name}.log`), 'utf8'),
    dataDir,
    start: async (name) => {
      await spawnApp(name);
      await untilReady(name);
    },
    end,
    [Symbol.asyncDispose]: stop,
  };
}
