import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { startTracing } from './start-tracing.js';
import type { RunningSdk } from '../core/index.js';
import { TRACING_OPTIONS } from './tracing-options.js';
import type { TracingOptions } from './tracing-options.js';

/** Injection token of an SDK that runs already; `createTracing` provides it. */
export const RUNNING_SDK = Symbol.for('distrace.tracing.sdk');

/** Tracing of the process, from inside the application. */
@Injectable()
export class TracingRuntime implements OnApplicationShutdown {
  readonly #sdk: RunningSdk;

  constructor(
    @Inject(TRACING_OPTIONS) options: TracingOptions,
    @Inject(RUNNING_SDK) running: RunningSdk | undefined,
  ) {
    this.#sdk = running ?? startTracing(options);
  }

  /** Sends what is waiting. Message handlers may still run: Nest does not wait for them. */
  async onApplicationShutdown(): Promise<void> {
    // Not a shutdown: another application of this process may still trace.
    await this.#sdk.forceFlush();
  }

  /** Sends what is waiting; never rejects. */
  forceFlush(): Promise<void> {
    return this.#sdk.forceFlush();
  }

  /** Waits for message handlers, sends what is waiting and stops tracing in this process; never rejects. */
  shutdown(): Promise<void> {
    return this.#sdk.shutdown();
  }
}
