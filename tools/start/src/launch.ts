import type { AppProcess } from './app-process.ts';
import { describeExit } from './child.ts';
import { StartError } from './errors.ts';
import { portNote } from './ports.ts';
import type { ProcessName } from './ports.ts';

/** What `launch` is given, so that tests can run other apps. */
export interface LaunchOptions {
  readonly name: ProcessName;
  readonly port: number;
  readonly start: (port: number) => AppProcess;
  /** For messages; default `/health`. */
  readonly healthPath?: string;
  /** See `waitReady`: undefined, or what came instead. */
  readonly ready: (app: AppProcess, signal: AbortSignal) => Promise<string | undefined>;
  /** A port to try when `taken` turned out to be somebody else's. */
  readonly another: (taken: number) => Promise<number>;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

const ATTEMPTS = 5;

/** An app that is starting. */
export interface Launch {
  /** The process of the moment; another one after a lost port. */
  readonly current: AppProcess;
  readonly ready: Promise<AppProcess>;
}

/**
 * Starts an app; `ready` resolves when it answers. One that finds its port taken is started again on another.
 * Rejects with DT_ERR_START_APP_DIED or DT_ERR_START_APP_NOT_READY and the last lines of its log.
 */
export function launch(options: LaunchOptions): Launch {
  const state = { current: options.start(options.port) };
  return {
    get current() {
      return state.current;
    },
    ready: untilReady(options, state),
  };
}

async function untilReady(options: LaunchOptions, state: { current: AppProcess }): Promise<AppProcess> {
  const { name, start, healthPath = '/health', another, note, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    const app = state.current;
    const outcome = await readyOrGone(app, options);
    if (outcome.kind === 'ready') return app;
    if (outcome.kind === 'late') {
      throw new StartError(
        'DT_ERR_START_APP_NOT_READY',
        `The ${name} must answer 200 on ${app.url}${healthPath}, but the last answer was: ${outcome.came}. ${await logOf(app)}`,
      );
    }
    signal.throwIfAborted();
    const lines = await app.lastLines();
    if (attempt === ATTEMPTS || !lines.includes('EADDRINUSE'))
      throw await diedWhile('starting', app, outcome.how);
    const port = await another(app.port);
    note(portNote(name, app.port, port));
    state.current = start(port);
  }
}

type Outcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'late'; readonly came: string }
  | { readonly kind: 'gone'; readonly how: string };

async function readyOrGone(app: AppProcess, { ready, signal }: LaunchOptions): Promise<Outcome> {
  const gone = new AbortController();
  const exited = app.exited.then((exit): Outcome => {
    gone.abort();
    return { kind: 'gone', how: describeExit(exit) };
  });
  const answered = ready(app, AbortSignal.any([signal, gone.signal])).then((came): Outcome =>
    came === undefined ? { kind: 'ready' } : { kind: 'late', came },
  );
  answered.catch(() => undefined);
  return Promise.race([exited, answered]);
}

/** The failure of an app that ended by itself. */
export async function diedWhile(
  doing: 'starting' | 'running',
  app: AppProcess,
  how: string,
): Promise<StartError> {
  return new StartError(
    'DT_ERR_START_APP_DIED',
    `The ${app.name} must stay up, but it ended while ${doing} (${how}). ${await logOf(app)}`,
  );
}

/** The end of its log as part of a message. */
export async function logOf(app: AppProcess): Promise<string> {
  const lines = await app.lastLines();
  if (lines === '') return 'It wrote no log.';
  return `The last lines of its log:\n${lines.replaceAll(/^/gm, '  | ')}`;
}
