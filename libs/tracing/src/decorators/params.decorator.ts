import { createParamDecorator } from '@nestjs/common';
import { propagation, trace } from '@opentelemetry/api';

/** Handler parameter: the active OpenTelemetry span, undefined when nothing traces. HTTP and RabbitMQ. */
export const CurrentSpan = createParamDecorator(() => trace.getActiveSpan());

/** Handler parameter: the baggage entry of that key, or all entries as an object without one. */
export const Baggage = createParamDecorator((key: string | undefined) => {
  const baggage = propagation.getActiveBaggage();
  if (key !== undefined) return baggage?.getEntry(key)?.value;
  return Object.fromEntries((baggage?.getAllEntries() ?? []).map(([name, entry]) => [name, entry.value]));
});
