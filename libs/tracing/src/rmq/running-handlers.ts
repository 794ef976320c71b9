import { systemClock } from '../core/export/clock.js';
import type { Clock } from '../core/export/clock.js';

/** The message handlers that run now. Nest closes its servers without waiting for them. */
export interface RunningHandlers {
  begin(): void;
  end(): void;
  /** Resolves when none runs, at the latest after that time. Never rejects. */
  idle(timeoutMs: number): Promise<void>;
}

/** Counts handlers. */
export function createRunningHandlers(clock: Clock = systemClock): RunningHandlers {
  let running = 0;
  const waiting = new Set<() => void>();
  return {
    begin() {
      running += 1;
    },
    end() {
      running -= 1;
      if (running > 0) return;
      for (const go of waiting) go();
    },
    idle(timeoutMs) {
      if (running <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const go = () => {
          clock.clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        const timer = clock.setTimeout(go, timeoutMs, { keepAlive: true });
        waiting.add(go);
      });
    },
  };
}

/** Those of this process. */
export const runningHandlers = createRunningHandlers();
