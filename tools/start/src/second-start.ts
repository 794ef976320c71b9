import { join } from 'node:path';
import { foldersOf } from './app-env.ts';
import type { AppSettings } from './app-env.ts';
import type { AppProcess } from './app-process.ts';
import type { Launch } from './launch.ts';
import type { FindPort } from './ports.ts';
import type { StartOptions } from './starter.ts';
import type { Weaver, WeaverCounts } from './weaver.ts';

/** What the weaver did for the first start of every app, and for the second. */
export interface TwoStarts {
  readonly first: WeaverCounts;
  readonly second: WeaverCounts;
}

/** What `startAgain` needs. */
export interface StartAgainOptions {
  readonly weaver: Weaver;
  readonly start: (options: StartOptions) => Launch;
  /** Of the apps that run. */
  readonly settings: readonly AppSettings[];
  readonly env: NodeJS.ProcessEnv;
  readonly findPort: FindPort;
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
}

/**
 * Starts every app a second time beside the first, as on another machine: with folders of its own, so that all it has
 * of the weaver's work is what the weaver gives it. Ends them when they are ready. Says what the weaver did meanwhile.
 */
export async function startAgain(options: StartAgainOptions): Promise<TwoStarts> {
  const { weaver, start, settings, env, findPort, signal, deadlineMs = 15_000 } = options;
  const first = await weaver.counts(signal);
  const launches: Launch[] = [];
  for (const app of settings) {
    const folders = { ...foldersOf(join(app.folders.data, 'again')), logs: app.folders.logs };
    launches.push(
      start({
        name: app.name,
        port: await findPort({ from: app.port + 10 }),
        nodeArgs: weaver.nodeArgs,
        env: (port) => weaver.appEnv(env, { ...app, port, folders }),
        used: new Set(settings.map(({ port }) => port)),
        // Who waits for it hears of it below.
        onFailure: () => undefined,
        onEnd: () => Promise.resolve(),
      }),
    );
  }
  const apps: AppProcess[] = [];
  for (const { ready } of launches) apps.push(await ready);
  const after = await weaver.counts(signal);
  await Promise.all(apps.map((app) => app.stop({ deadlineMs, hurry: signal })));
  return {
    first,
    second: { woven: after.woven - first.woven, fromCache: after.fromCache - first.fromCache },
  };
}
