import { startSdk } from '@distrace/tracing/core';
import type { RunningSdk } from '@distrace/tracing/core';

/** Real spans that go nowhere. */
export function startNullSdk(): RunningSdk {
  return startSdk({ serviceName: 'bench', exporter: false });
}
