import type { DynamicModule, INestMicroservice } from '@nestjs/common';
import { recordHandlerErrors } from '../rmq/pre-request-hook.js';
import { isRmqClient } from '../rmq/rmq-client.js';
import { traceClient } from '../rmq/trace-client.js';
import { HandlerContextInterceptor } from './handler-context.interceptor.js';
import { startTracing } from './start-tracing.js';
import type { TracingOptions } from './tracing-options.js';
import { moduleFor } from './tracing.module.js';

/** What {@link createTracing} returns. */
export interface Tracing {
  /** Import it into the application's root module. */
  readonly TracingModule: DynamicModule;
  /** Pass it as `instrument` to `NestFactory.create`: clients are traced from their first message on. */
  readonly TracingInstrument: { readonly instanceDecorator: (instance: unknown) => unknown };
  /**
   * Call it on each microservice before it starts, on hybrid applications with
   * `connectMicroservice(options, { deferInitialization: true })`: errors of guards, pipes and interceptors
   * then show on the message's span. Answers the microservice.
   */
  readonly attachTracing: typeof attachTracing;
  /**
   * Waits for message handlers that still run, sends what is waiting, and stops tracing in this process; each within
   * `shutdownTimeoutMs`. Call it after `app.close()`; any number of times. Never rejects.
   */
  readonly shutdownTracing: () => Promise<void>;
}

/**
 * Starts tracing, before the application is made: import the file that calls it first.
 *
 * @example
 * export const { TracingModule, TracingInstrument, attachTracing, shutdownTracing } = createTracing({
 *   serviceName: 'orders',
 *   exporter: 'directZipkin(http://127.0.0.1:9411)',
 * });
 *
 * @throws DistraceError for an unknown exporter or a bad argument.
 */
export function createTracing(options: TracingOptions = {}): Tracing {
  const sdk = startTracing(options);
  const { messaging = {} } = options;
  return {
    TracingModule: moduleFor(options, sdk),
    TracingInstrument: {
      instanceDecorator(instance) {
        if (messaging !== false && isRmqClient(instance)) traceClient(instance, messaging);
        return instance;
      },
    },
    attachTracing,
    shutdownTracing: () => sdk.shutdown(),
  };
}

const attached = new WeakSet<object>();

/** Records errors of guards, interceptors, pipes and handlers of a microservice on its messages' spans. */
export function attachTracing<T extends INestMicroservice>(microservice: T): T {
  if (attached.has(microservice)) return microservice;
  attached.add(microservice);
  microservice.registerPreRequestHook(recordHandlerErrors);
  interceptorOf(microservice)?.leaveMessages();
  return microservice;
}

function interceptorOf(microservice: INestMicroservice): HandlerContextInterceptor | undefined {
  try {
    return microservice.get(HandlerContextInterceptor, { strict: false });
  } catch {
    return undefined; // an application that does not import the module
  }
}
