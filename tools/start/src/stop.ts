import type { AppProcess } from './app-process.ts';
import { messageOf } from './errors.ts';

/** What is stopped, in the order of the fields. */
export interface Running {
  /** In the order in which they stop. */
  readonly apps: readonly AppProcess[];
  /** Deletes the run's queues where the broker is not ours. */
  readonly removeQueues?: () => Promise<void>;
  readonly stopBroker?: () => Promise<void>;
  /** Ends what resisted, removes the data folder. */
  readonly closeGuardian: () => Promise<void>;
}

/** Options of `stopAll`. */
export interface StopOptions {
  readonly say: (line: string) => void;
  /** Aborts on the second Ctrl-C: no more waiting. */
  readonly hurry: AbortSignal;
  /** How long each app may take after SIGTERM; default 15000. */
  readonly appDeadlineMs?: number;
}

/**
 * Stops a run in order: apps one after the other, queues, broker, the rest. A step that fails is said and does
 * not keep the next from happening. Returns false when something had to be killed or failed.
 */
export async function stopAll(
  running: Running,
  { say, hurry, appDeadlineMs = 15_000 }: StopOptions,
): Promise<boolean> {
  let clean = true;
  const attempt = async (what: string, step: (() => Promise<void>) | undefined) => {
    if (step === undefined || hurry.aborted) return;
    await step().catch((error: unknown) => {
      clean = false;
      say(`${what}: ${messageOf(error)}`);
    });
  };
  for (const app of running.apps) {
    const outcome = await app.stop({ deadlineMs: appDeadlineMs, hurry });
    if (outcome === 'ended') continue;
    clean = false;
    say(
      hurry.aborted
        ? `the ${app.name} was killed`
        : `the ${app.name} did not end within ${appDeadlineMs} ms after SIGTERM and was killed`,
    );
  }
  await attempt("the run's queues could not be deleted", running.removeQueues);
  // On the second Ctrl-C the guardian ends the broker: it waits 3 seconds, not twenty.
  await Promise.race([attempt('the broker did not stop in order', running.stopBroker), aborted(hurry)]);
  await running.closeGuardian();
  return clean;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
