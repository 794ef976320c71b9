import { ZipkinError } from '../zipkin-error.js';

/** Refuses more spans than a body may hold. */
export function assertCount(count: number, maxSpans: number): void {
  if (count <= maxSpans) return;
  throw new ZipkinError(
    'DT_ERR_SPANS_LIMIT',
    `A body must hold at most ${maxSpans} spans, got ${count} or more; send it in parts`,
  );
}

/** Spans that say next to nothing take 75 bytes, names of services and scopes hardly ever 600. */
const MAX_COPIES = 8;

/**
 * Counts the text that stands once in a body and belongs to many of its spans: the names of an OTLP resource and
 * scope, and the name of a v1 span in which several services speak. Whoever stores the spans writes it for each: 95 KB
 * of gzip with one name of 2.5 MB and 30,000 spans were 75 GB.
 */
export class CopiedText {
  readonly #bodyLength: number;
  #copied = 0;

  /** `bodyLength`: characters of the body. */
  constructor(bodyLength: number) {
    this.#bodyLength = bodyLength;
  }

  /** Counts so many characters once for each of the spans. @throws ZipkinError when it is too much for the body. */
  add(characters: number, spans: number): void {
    this.#copied += characters * spans;
    if (this.#copied <= MAX_COPIES * this.#bodyLength) return;
    throw new ZipkinError(
      'DT_ERR_SPANS_LIMIT',
      `What spans have in common must be at most ${MAX_COPIES} times as long as the body once each has a copy, got ` +
        `${this.#copied} characters of ${this.#bodyLength}; shorten the names of services, scopes and spans`,
    );
  }
}
