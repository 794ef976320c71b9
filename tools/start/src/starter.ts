import { join } from 'node:path';
import type { Guardian } from '@distrace/broker';
import type { RunFolders } from './app-env.ts';
import { startApp } from './app-process.ts';
import type { AppProcess } from './app-process.ts';
import { adoptOrKill, describeExit } from './child.ts';
import { launch } from './launch.ts';
import type { Launch } from './launch.ts';
import { ownsPort } from './listener.ts';
import type { Machinery } from './machinery.ts';
import { anotherPort } from './ports.ts';
import type { ProcessName } from './ports.ts';
import { waitReady } from './ready.ts';

/** What all processes of a run have in common. */
export interface StarterOptions {
  readonly machinery: Machinery;
  readonly guardian: Guardian;
  readonly folders: RunFolders;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
  /** Called with each start, so that whoever stops the run knows what there is. */
  readonly onLaunch: (launched: Launch) => void;
}

/** One process. */
export interface StartOptions {
  readonly name: ProcessName;
  readonly port: number;
  /** Its environment, once its port is known. */
  readonly env: (port: number) => NodeJS.ProcessEnv;
  /** Options of Node's; default none. */
  readonly nodeArgs?: readonly string[];
  /** Answers 200 when it is ready; default `/health`. */
  readonly healthPath?: string;
  /** Ports that others of the run have or want; where this one loses its own, the next one is added. */
  readonly used: Set<number>;
  /** Called when it could not start. */
  readonly onFailure: (error: unknown) => void;
  /** Called when it ends although nobody told it to. */
  readonly onEnd: (app: AppProcess, how: string) => Promise<void>;
}

/** Makes the function that starts the processes of a run. */
export function createStarter(options: StarterOptions): (start: StartOptions) => Launch {
  const { machinery, guardian, folders, note, signal, onLaunch } = options;
  return ({ name, port, env, nodeArgs = [], healthPath = '/health', used, onFailure, onEnd }) => {
    signal.throwIfAborted();
    const watch = async (app: AppProcess) => {
      const exit = await app.exited;
      if (!signal.aborted) await onEnd(app, describeExit(exit));
    };
    const launched = launch({
      name,
      port,
      start: (on) => {
        const app = startApp({
          name,
          entry: machinery.entryOf(name),
          nodeArgs,
          cwd: machinery.root,
          port: on,
          env: env(on),
          logFile: join(folders.logs, `${name}.log`),
        });
        if (app.pid !== undefined) adoptOrKill(guardian, app.pid);
        return app;
      },
      healthPath,
      ready: (app, until) =>
        waitReady(`${app.url}${healthPath}`, {
          signal: until,
          deadlineMs: machinery.readyDeadlineMs,
          isOurs: async () => (app.pid === undefined ? false : ownsPort(app.pid, app.port)),
        }),
      another: async (taken) => {
        const other = await anotherPort(taken, used, machinery.findPort);
        used.add(other);
        return other;
      },
      note,
      signal,
    });
    onLaunch(launched);
    launched.ready.then((app) => watch(app), onFailure);
    return launched;
  };
}
