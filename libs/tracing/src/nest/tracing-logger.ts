import { ConsoleLogger } from '@nestjs/common';
import type { LogLevel } from '@nestjs/common';
import { trace } from '@opentelemetry/api';

/**
 * Nest's ConsoleLogger with the ids of the active span on every line: fields `trace_id` and `span_id` with
 * `json: true`, else `trace=… span=…` behind the message.
 *
 * @example
 * const app = await NestFactory.create(AppModule, { logger: new TracingLogger({ json: true }) });
 */
export class TracingLogger extends ConsoleLogger {
  protected override getJsonLogObject(
    message: unknown,
    options: Parameters<ConsoleLogger['getJsonLogObject']>[1],
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const ids = activeIds();
    const object = super.getJsonLogObject(message, options);
    return ids === undefined ? object : { ...object, trace_id: ids.traceId, span_id: ids.spanId };
  }

  protected override stringifyMessage(message: unknown, logLevel: LogLevel): string {
    const text = String(super.stringifyMessage(message, logLevel));
    const ids = activeIds();
    return ids === undefined ? text : `${text} trace=${ids.traceId} span=${ids.spanId}`;
  }
}

function activeIds() {
  return trace.getActiveSpan()?.spanContext();
}
