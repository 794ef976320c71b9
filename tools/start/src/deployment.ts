import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Broker, Guardian } from '@distrace/broker';
import { appEnv, foldersOf } from './app-env.ts';
import type { RunFolders } from './app-env.ts';
import { startApp } from './app-process.ts';
import type { AppProcess } from './app-process.ts';
import { adoptOrKill, describeExit } from './child.ts';
import { diedWhile, launch } from './launch.ts';
import type { Launch } from './launch.ts';
import { ownsPort } from './listener.ts';
import type { Machinery } from './machinery.ts';
import { anotherPort, APP_NAMES, choosePorts } from './ports.ts';
import type { AppName } from './ports.ts';
import { waitReady } from './ready.ts';
import { failed } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** The three apps of a run. */
export interface Deployment {
  readonly apps: Readonly<Record<AppName, AppProcess>>;
  readonly folders: RunFolders;
}

/** Options of `deploy`. */
export interface DeployOptions {
  readonly machinery: Machinery;
  readonly guardian: Guardian;
  readonly broker: Broker;
  readonly queuePrefix: string;
  readonly portBase: number;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Called when an app cannot start or, later, ends by itself. */
  readonly onFailure: (error: unknown) => void;
  /** Called with each start, so that whoever stops the run knows what there is. */
  readonly onLaunch: (launched: Launch) => void;
}

/** `distrace-` and eight random digits: tells runs apart that share a broker. */
export const newQueuePrefix = () => `distrace-${randomBytes(4).toString('hex')}-`;

async function makeFolders(guardian: Guardian): Promise<RunFolders> {
  const folders = foldersOf(await mkdtemp(join(tmpdir(), 'distrace-run-')));
  try {
    guardian.adoptFolder(folders.data);
    const names = [folders.logs, folders.spans, ...APP_NAMES.map((name) => join(folders.data, name))];
    await Promise.all(names.map((name) => mkdir(name)));
  } catch (error) {
    // A guardian that has gone will not remove it.
    await rm(folders.data, { recursive: true, force: true });
    throw error;
  }
  return folders;
}

/** Starts exporter, executor and client, all at once in that order, and waits for each of them. */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { machinery, guardian, broker, queuePrefix, portBase, env, terminal, signal, onFailure, onLaunch } =
    options;
  const folders = await makeFolders(guardian);
  const ports = await choosePorts(portBase, machinery.findPort);
  for (const note of ports.notes) terminal.line(`   ${note}`);
  const used = new Set(Object.values(ports.of));

  const startOn = (name: AppName) => (port: number) => {
    const app = startApp({
      name,
      entry: machinery.entryOf(name),
      cwd: machinery.root,
      port,
      env: appEnv(env, { name, port, amqpUrl: broker.url, queuePrefix, folders }),
      logFile: join(folders.logs, `${name}.log`),
    });
    if (app.pid !== undefined) adoptOrKill(guardian, app.pid);
    return app;
  };
  const launches = APP_NAMES.map((name) => {
    signal.throwIfAborted();
    const launched = launch({
      name,
      port: ports.of[name],
      start: startOn(name),
      ready: (app, until) =>
        waitReady(`${app.url}/health`, {
          signal: until,
          deadlineMs: machinery.readyDeadlineMs,
          isOurs: async () => (app.pid === undefined ? false : ownsPort(app.pid, app.port)),
        }),
      another: async (taken) => {
        const port = await anotherPort(taken, used, machinery.findPort);
        used.add(port);
        return port;
      },
      note: (line) => terminal.line(`   ${line}`),
      signal,
    });
    onLaunch(launched);
    launched.ready.then((app) => watch(app, signal, onFailure), onFailure);
    return { name, launched };
  });

  const apps: Partial<Record<AppName, AppProcess>> = {};
  for (const { name, launched } of launches) {
    const step = terminal.step(name);
    try {
      apps[name] = await launched.ready;
      step.done(apps[name].url);
    } catch (error) {
      failed(step, error);
      throw error;
    }
  }
  return { apps: apps as Record<AppName, AppProcess>, folders };
}

/** From the moment it is ready, an app that ends before it is told to is a failure. */
async function watch(
  app: AppProcess,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const exit = await app.exited;
  if (!signal.aborted) onFailure(await diedWhile('running', app, describeExit(exit)));
}
