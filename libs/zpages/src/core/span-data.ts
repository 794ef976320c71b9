/** OpenTelemetry's span kinds. */
export type SpanKindName = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';

/** OpenTelemetry's status codes. */
export type StatusName = 'UNSET' | 'OK' | 'ERROR';

/** A value as it can stand in JSON. Values that JSON has no word for are text; long texts are cut at a character. */
export type PlainValue = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** One attribute. Keys are any strings: build objects from them with `Object.fromEntries`, never by assignment. */
export interface PlainAttribute {
  readonly key: string;
  readonly value: PlainValue;
  /** The value is longer than `maxValueLength` characters; this is its beginning. */
  readonly cut?: true;
}

/** An event of a span. */
export interface PlainEvent {
  readonly name: string;
  readonly timeUnixMicros: number;
  /** Since the start of the span. */
  readonly sinceStartMicros: number;
  /** Since the event before it in the list, or since the start. */
  readonly deltaMicros: number;
  /** Sorted by key. */
  readonly attributes: readonly PlainAttribute[];
}

/** A link of a span. */
export interface PlainLink {
  readonly traceId: string;
  readonly spanId: string;
  /** Sorted by key. */
  readonly attributes: readonly PlainAttribute[];
}

/** What running and ended spans have in common. */
export interface PlainSpan {
  /** As it is now; in the overflow row the names differ. */
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Absent for a root. */
  readonly parentSpanId?: string;
  /** The parent is in another process. */
  readonly parentIsRemote?: true;
  readonly kind: SpanKindName;
  readonly scopeName: string;
  readonly scopeVersion?: string;
  /** The trace is sampled for export, so a backend may have it. */
  readonly sampled: boolean;
  readonly startUnixMicros: number;
  readonly status: StatusName;
  readonly statusMessage?: string;
  /** Sorted by key. */
  readonly attributes: readonly PlainAttribute[];
  /** By time. Of too many the first and the last ones stay. */
  readonly events: readonly PlainEvent[];
  /** How many events were left out here, and after how many of the list. */
  readonly eventsDiscarded?: { readonly count: number; readonly afterIndex: number };
  readonly links: readonly PlainLink[];
  /** What is missing: dropped by the SDK's limits, or here. Attributes of events and links included. */
  readonly droppedAttributes: number;
  readonly droppedEvents: number;
  readonly droppedLinks: number;
  /** No more is kept of this span, as it is no sample: scope, attributes, events and links are not known. */
  readonly outline?: true;
}

/** A span that has not ended; ages and attributes are those of the moment of the answer. */
export interface RunningSpan extends PlainSpan {
  readonly running: true;
  readonly ageMs: number;
}

/** A running span without what it carries: ask for the running spans of its name, or for its trace, to see that. */
export type StuckSpan = Pick<
  RunningSpan,
  | 'name'
  | 'traceId'
  | 'spanId'
  | 'parentSpanId'
  | 'kind'
  | 'sampled'
  | 'startUnixMicros'
  | 'running'
  | 'ageMs'
>;

/** A span that has ended. */
export interface EndedSpan extends PlainSpan {
  readonly running: false;
  readonly durationNanos: number;
}
