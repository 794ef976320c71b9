/** The part a span plays in a remote call. Absent means local work (OpenTelemetry's INTERNAL). */
export type Kind = 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER';

/** A network place: who recorded something (local) or who was talked to (remote). */
export interface Endpoint {
  /** Name that trace pages group and filter by. Zipkin's server stores it in lower case. */
  readonly serviceName?: string;
  /** Dotted decimal, such as `192.168.1.2`. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** 1 to 65535. */
  readonly port?: number;
}

/** Something that happened at one moment of a span. */
export interface Annotation {
  /** Epoch microseconds. */
  readonly timestamp: number;
  readonly value: string;
  /** Where it was recorded, if not at the span's `localEndpoint`. Zipkin v2 has no place for it: only
   * {@link encodeV1} writes it, {@link encodeV2} leaves it out. */
  readonly endpoint?: Endpoint;
}

/** One span, or one half or piece of a span, in Zipkin's v2 model and normalised: ids are lower-case hex
 * (trace id 16 or 32 digits, span ids 16), nothing is empty, times are positive whole microseconds,
 * annotations are sorted by time. */
export interface Span {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly kind?: Kind;
  readonly name?: string;
  /** Start, epoch microseconds. */
  readonly timestamp?: number;
  /** Microseconds, at least 1. Absent while the span is unfinished. */
  readonly duration?: number;
  readonly localEndpoint?: Endpoint;
  readonly remoteEndpoint?: Endpoint;
  readonly annotations?: readonly Annotation[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly debug?: boolean;
  /** True on the receiving half of a span whose id the sending half uses too. */
  readonly shared?: boolean;
}
