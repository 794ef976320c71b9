import type { Kind } from '@distrace/zipkin';

/** One line of the golden tree. */
export interface ExpectedSpan {
  readonly service: 'client' | 'executor' | 'exporter';
  readonly name: string;
  /** Absent means INTERNAL, as in Zipkin. */
  readonly kind?: Kind;
  /** Name of the parent; absent for the root. Names are unique in the tree. */
  readonly parent?: string;
  /** `one`, or one per chunk of the task and at least two. */
  readonly count: 'one' | 'per chunk';
  /** Values that its annotations must have. */
  readonly annotations?: readonly string[];
  /** Tags it must have, beside those of every span. */
  readonly tags?: readonly string[];
}

/** Tags that every span of the reference deployment has. Where a promise closes a span, nothing of the app is on the stack. */
export const TAGS_OF_EVERY_SPAN = ['stacktrace.open'] as const;

/** At least so many chunks per task, so that a trace shows more than one worker. */
export const MIN_CHUNKS = 2;

/** The golden tree of ARCHITECTURE.md: what one task leaves behind, parents before children. */
export const expectedTree: readonly ExpectedSpan[] = [
  { service: 'client', name: 'POST /tasks', kind: 'SERVER', count: 'one' },
  {
    service: 'client',
    name: 'Main Client Span',
    parent: 'POST /tasks',
    count: 'one',
    annotations: ['tskReceived', 'tskPreprocessed'],
    tags: ['task.bytes', 'stacktrace.close'],
  },
  { service: 'client', name: 'send tasks', kind: 'PRODUCER', parent: 'Main Client Span', count: 'one' },
  { service: 'executor', name: 'process tasks', kind: 'CONSUMER', parent: 'send tasks', count: 'one' },
  { service: 'executor', name: 'Executor span', parent: 'process tasks', count: 'one' },
  {
    service: 'executor',
    name: 'count words',
    parent: 'Executor span',
    count: 'per chunk',
    tags: ['thread.id', 'stacktrace.close'],
  },
  { service: 'executor', name: 'send results', kind: 'PRODUCER', parent: 'Executor span', count: 'one' },
  { service: 'exporter', name: 'process results', kind: 'CONSUMER', parent: 'send results', count: 'one' },
  { service: 'exporter', name: 'Exporter span', parent: 'process results', count: 'one' },
  { service: 'exporter', name: 'save task', kind: 'CLIENT', parent: 'Exporter span', count: 'one' },
  {
    service: 'exporter',
    name: 'send notifications',
    kind: 'PRODUCER',
    parent: 'process results',
    count: 'one',
  },
  {
    service: 'client',
    name: 'process notifications',
    kind: 'CONSUMER',
    parent: 'send notifications',
    count: 'one',
  },
];

/** The start or the end of a span, by the span's name. */
export type Edge = readonly ['start' | 'end', string];

/** Two edges in the order in which they must happen. */
export interface ExpectedOrder {
  readonly first: Edge;
  readonly next: Edge;
  /** Holds only when the client answered with the result (201), not with a place to ask (202). */
  readonly onlyWhenAnswered?: boolean;
}

/** What must be over, or begun, before what. That a child starts after its parent is checked for every span. */
export const expectedOrder: readonly ExpectedOrder[] = [
  { first: ['end', 'count words'], next: ['end', 'Executor span'] },
  { first: ['end', 'save task'], next: ['end', 'Exporter span'] },
  { first: ['end', 'Exporter span'], next: ['start', 'send notifications'] },
  { first: ['start', 'process notifications'], next: ['end', 'Main Client Span'] },
  { first: ['end', 'Main Client Span'], next: ['end', 'POST /tasks'], onlyWhenAnswered: true },
  { first: ['end', 'send tasks'], next: ['end', 'POST /tasks'], onlyWhenAnswered: true },
];

/** A row as Zipkin gives it back: names of spans in lower case. */
export const rowInZipkin = (row: ExpectedSpan): ExpectedSpan => ({
  ...row,
  name: row.name.toLowerCase(),
  ...(row.parent === undefined ? {} : { parent: row.parent.toLowerCase() }),
});

/** Words of the carried flag, which is for services and never for a trace. */
export const FLAG_WORDS = ['top-words', 'distrace-flags', 'flag'] as const;
