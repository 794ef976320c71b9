import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { TraceContextManager } from '../core/index.js';
import type { RunningSdk } from '../core/index.js';
import { HttpHooks } from '../http/http-hooks.js';
import { ClientHooks } from '../rmq/client-hooks.js';
import { ServerHooks } from '../rmq/server-hooks.js';
import { HandlerContextInterceptor } from './handler-context.interceptor.js';
import { TraceService } from './trace.service.js';
import { TRACING_OPTIONS } from './tracing-options.js';
import type { TracingOptions } from './tracing-options.js';
import { RUNNING_SDK, TracingRuntime } from './tracing-runtime.js';

const { ConfigurableModuleClass, OPTIONS_TYPE } = new ConfigurableModuleBuilder<TracingOptions>({
  optionsInjectionToken: TRACING_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<{ sdk?: RunningSdk }>({}, (definition, { sdk }) => ({
    ...definition,
    global: true,
    providers: [...(definition.providers ?? []), { provide: RUNNING_SDK, useValue: sdk }],
  }))
  .build();

/**
 * Traces the application it is imported into: HTTP server spans, RabbitMQ producer and consumer spans, and
 * the services to make more. Starts OpenTelemetry's SDK unless the process has a tracer provider. Import it
 * once, by `forRoot`, `forRootAsync` or as `createTracing` returns it; then call `attachTracing` on each
 * microservice.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    TracingRuntime,
    HttpHooks,
    ServerHooks,
    ClientHooks,
    TraceService,
    TraceContextManager,
    HandlerContextInterceptor,
    { provide: APP_INTERCEPTOR, useExisting: HandlerContextInterceptor },
  ],
  exports: [TracingRuntime, TraceService, TraceContextManager, TRACING_OPTIONS],
})
export class TracingModule extends ConfigurableModuleClass {
  /** With no options: whatever the `OTEL_*` variables and the process' own provider say. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}

/** The module for an SDK that runs already. */
export function moduleFor(options: TracingOptions, sdk: RunningSdk): DynamicModule {
  return TracingModule.forRoot({ ...options, sdk });
}
