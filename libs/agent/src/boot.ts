import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { readSettings } from './args/read-settings.js';
import { AgentError } from './errors.js';
import { claimThread } from './isolate.js';
import { makeLog } from './log.js';
import type { Log } from './log.js';
import { startInMainThread, startInMainThreadSync } from './main-thread.js';
import { startInWorker } from './worker-thread.js';
import { sharedByMainThread } from './thread-share.js';
import type { Settings } from './args/settings.js';
import type { CheckEdits } from './install.js';
import type { Start } from './session.js';

/** Starts the agent in this thread, once. Resolves when the app may start, whatever went wrong; never rejects. */
export async function boot(loadCheck: () => Promise<CheckEdits>): Promise<void> {
  const begun = begin();
  if (begun === undefined) return;
  const { settings, log } = begun;
  try {
    const check = settings.verify === 'parse' ? await loadCheck() : undefined;
    if (isMainThread) await startInMainThread({ settings, log, check });
    else startInThread({ settings, log, check });
  } catch (error) {
    giveUp(error, settings.onError === 'fail', log);
  }
}

/** The same for `--require`, which awaits nothing. */
export function bootSync(checkEdits: CheckEdits): void {
  const begun = begin();
  if (begun === undefined) return;
  const { settings, log } = begun;
  try {
    const check = settings.verify === 'parse' ? checkEdits : undefined;
    if (isMainThread) startInMainThreadSync({ settings, log, check });
    else startInThread({ settings, log, check });
  } catch (error) {
    giveUp(error, settings.onError === 'fail', log);
  }
}

function begin(): { readonly settings: Settings; readonly log: Log } | undefined {
  const { env } = process;
  if (!claimThread() || /^(?:1|true)$/.test(env['DISTRACE_DISABLED'] ?? '')) return undefined;
  try {
    if (typeof registerHooks !== 'function') {
      throw new AgentError(
        'DT_ERR_AGENT_NODE',
        `The agent takes Node 22.22.3, 24.15 or 26 and later, got ${process.version}`,
      );
    }
    const settings = patient(readSettings(env, (path) => readFileSync(path, 'utf8')));
    return {
      settings,
      log: makeLog({ level: settings.logLevel, dir: settings.logDir, quiet: !isMainThread }),
    };
  } catch (error) {
    const fails =
      /\bon_error=fail\b/.test(env['DISTRACE_ARGS'] ?? '') || env['DISTRACE_AGENT_ON_ERROR'] === 'fail';
    giveUp(error, fails, makeLog({ level: 'warn', dir: undefined, quiet: !isMainThread }));
    return undefined;
  }
}

/** A server of this tree's own shares the machine with the app that it has just been started for: less is no sign of a fault. */
const LEAST_LOCAL_TIMEOUT_MS = 2000;

function patient(settings: Settings): Settings {
  if (settings.connection.kind !== 'ipc') return settings;
  return { ...settings, timeoutMs: Math.max(LEAST_LOCAL_TIMEOUT_MS, settings.timeoutMs) };
}

/** A worker of a process that follows nothing runs untraced as well. */
function startInThread(begun: Start): void {
  const share = sharedByMainThread();
  if (share !== undefined) startInWorker(begun, share);
}

/** The app runs untraced, or not at all where a person has said so. */
function giveUp(error: unknown, fails: boolean, log: Log): void {
  if (fails) {
    log.warn(error);
    process.exit(1);
  }
  log.warn(
    error instanceof AgentError
      ? new AgentError(error.code, `${error.message}; the app runs untraced`)
      : error,
  );
}
