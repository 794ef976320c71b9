import { trace } from '@opentelemetry/api';
import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { B3_MULTI, B3_SINGLE, b3Getter } from './b3.js';

/** What a {@link TracePropagator} is made of. */
export interface TracePropagatorParts {
  /** Write headers, all of them. */
  readonly writers: readonly TextMapPropagator[];
  /** Read headers, one after the other. */
  readonly readers: readonly TextMapPropagator[];
  /** Reads both forms of B3 where the readers found no trace. */
  readonly b3: TextMapPropagator;
}

/**
 * W3C and B3 side by side. OpenTelemetry's composite lets the last propagator win; a message that has both must be
 * read the same way whatever the order of the option: W3C first, then B3 in one header, then in several.
 */
export class TracePropagator implements TextMapPropagator {
  readonly #parts: TracePropagatorParts;
  readonly #fields: readonly string[];

  constructor(parts: TracePropagatorParts) {
    this.#parts = parts;
    // Both forms, whichever is written: these are also the names by which a message's own context is known.
    this.#fields = [
      ...new Set([...parts.writers.flatMap((writer) => writer.fields()), B3_SINGLE, ...B3_MULTI]),
    ];
  }

  inject(ctx: Context, carrier: unknown, setter: TextMapSetter): void {
    for (const writer of this.#parts.writers) writer.inject(ctx, carrier, setter);
  }

  extract(base: Context, carrier: unknown, getter: TextMapGetter): Context {
    let ctx = base;
    for (const reader of this.#parts.readers) ctx = reader.extract(ctx, carrier, getter);
    const isFound = trace.getSpanContext(ctx) !== trace.getSpanContext(base);
    return isFound ? ctx : this.#parts.b3.extract(ctx, carrier, b3Getter(getter));
  }

  fields(): string[] {
    return [...this.#fields];
  }
}
