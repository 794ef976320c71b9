import { startSdk } from '../core/index.js';
import type { RunningSdk } from '../core/index.js';
import { runningHandlers } from '../rmq/running-handlers.js';
import { checkOptions } from './check-options.js';
import type { TracingOptions } from './tracing-options.js';

/**
 * Starts the SDK for a Nest application. Its shutdown first waits for message handlers that still run, whose spans
 * would be lost: at most `shutdownTimeoutMs`, as it then does for what is waiting to be sent.
 */
export function startTracing(options: TracingOptions): RunningSdk {
  checkOptions(options);
  const sdk = startSdk(options);
  if (!sdk.started) return sdk;
  const { shutdownTimeoutMs = 5000 } = options;
  let stopped: Promise<void> | undefined;
  return {
    ...sdk,
    shutdown: () => (stopped ??= runningHandlers.idle(shutdownTimeoutMs).then(() => sdk.shutdown())),
  };
}
