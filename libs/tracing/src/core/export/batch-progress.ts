import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What has become of a batch; the rest of it is lost. */
export interface BatchOutcome {
  readonly exported: number;
  /** Spans that the exporter could not write. */
  readonly unwritable: number;
  /** Why the first of these could not be written. */
  readonly whyUnwritable: string;
  /** Why the rest was given up; undefined when there is none. */
  readonly error?: string;
}

/** Which spans of a batch are still to be sent. Counts are differences in length, so they stay exact even when the
 * same span is in the batch twice or told twice. */
export class BatchProgress {
  #rest: readonly ReadableSpan[];
  #exported = 0;
  #unwritable = 0;
  #whyUnwritable = '';

  constructor(batch: readonly ReadableSpan[]) {
    this.#rest = batch;
  }

  /** Neither sent nor dropped so far. */
  get rest(): readonly ReadableSpan[] {
    return this.#rest;
  }

  sent(spans: readonly ReadableSpan[]): void {
    this.#exported += this.#remove(spans);
  }

  dropped(spans: readonly ReadableSpan[], reason: string): void {
    if (this.#unwritable === 0) this.#whyUnwritable = reason;
    this.#unwritable += this.#remove(spans);
  }

  outcome(error?: string): BatchOutcome {
    return {
      exported: this.#exported,
      unwritable: this.#unwritable,
      whyUnwritable: this.#whyUnwritable,
      ...(this.#rest.length === 0 ? {} : { error: error ?? 'the exporter did not say why' }),
    };
  }

  #remove(spans: readonly ReadableSpan[]): number {
    const before = this.#rest.length;
    this.#rest = without(this.#rest, spans);
    return before - this.#rest.length;
  }
}

function without(rest: readonly ReadableSpan[], gone: readonly ReadableSpan[]): readonly ReadableSpan[] {
  // Mostly these are the first of the rest, in order.
  if (gone.every((span, i) => span === rest[i])) return rest.slice(gone.length);
  const spans = new Set(gone);
  return rest.filter((span) => !spans.has(span));
}
