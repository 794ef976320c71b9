import { normalAnnotations, normalTags } from './normal-form.js';
import type { SpanV1 } from './read-v1.js';
import type { Annotation, Endpoint, Kind, Span } from '../span.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What is known so far of one v2 span that a v1 span holds. */
export interface Half {
  kind?: Kind;
  /** Epoch microseconds; not above 0 means none. */
  timestamp: number;
  /** Microseconds; not above 0 means none. */
  duration: number;
  localEndpoint?: Endpoint;
  remoteEndpoint?: Endpoint;
  readonly annotations: Annotation[];
  readonly tags: [key: string, value: string][];
  isShared: boolean;
}

/** The v2 spans that one v1 span holds: one for each service that speaks in it. */
export class Halves {
  readonly #source: SpanV1;
  /** Holds what names no endpoint. */
  readonly first: Half = newHalf(undefined);
  readonly all: Half[] = [this.first];
  /** The first half of each service. */
  readonly #ofService = new Map<string | undefined, Half>();

  constructor(source: SpanV1) {
    this.#source = source;
  }

  /** The half of an endpoint's service: the first that has no endpoint yet, or that service; else a new one. */
  of(endpoint: Endpoint | undefined): Half {
    if (endpoint === undefined) return this.first;
    if (this.first.localEndpoint === undefined) {
      this.first.localEndpoint = endpoint;
      this.#ofService.set(endpoint.serviceName, this.first);
    }
    const known = this.#ofService.get(endpoint.serviceName);
    if (known !== undefined) return known;
    const half = this.fork(endpoint);
    this.#ofService.set(endpoint.serviceName, half);
    return half;
  }

  /** A new half, whether or not the service has one. */
  fork(endpoint: Endpoint | undefined): Half {
    const half = newHalf(endpoint);
    this.all.push(half);
    return half;
  }

  /** The halves as spans. */
  spans(): Span[] {
    return this.all.map((half) => toSpan(this.#source, half));
  }
}

function newHalf(localEndpoint: Endpoint | undefined): Half {
  return { localEndpoint, timestamp: 0, duration: 0, annotations: [], tags: [], isShared: false };
}

function toSpan({ traceId, parentId, id, name, debug }: SpanV1, half: Half): Span {
  const span: Writable<Span> = { traceId, id };
  if (parentId !== undefined && parentId !== id) span.parentId = parentId;
  if (half.kind !== undefined) span.kind = half.kind;
  if (name) span.name = name;
  if (half.timestamp > 0) span.timestamp = half.timestamp;
  if (half.duration > 0) span.duration = half.duration;
  if (half.localEndpoint) span.localEndpoint = half.localEndpoint;
  if (half.remoteEndpoint) span.remoteEndpoint = half.remoteEndpoint;
  const annotations = normalAnnotations(half.annotations);
  if (annotations) span.annotations = annotations;
  const tags = normalTags(half.tags);
  if (tags) span.tags = tags;
  if (debug) span.debug = true;
  if (half.isShared && half.kind !== 'CLIENT') span.shared = true;
  return span;
}
