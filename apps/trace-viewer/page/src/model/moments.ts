import type { Kind, Span } from '@distrace/zipkin';
import { exceptionOf } from './stacks-of.js';

/** Something on the axis of a span. */
export interface Moment {
  /** Epoch microseconds. */
  readonly timestamp: number;
  readonly text: string;
  /** Whether the span recorded it; the others are its start and end. */
  readonly isOwn: boolean;
}

/** What is on the axis of a span, in order, and from where to where the axis goes. */
export interface Moments {
  readonly moments: readonly Moment[];
  readonly from: number;
  readonly to: number;
  /** How many the span recorded. */
  readonly own: number;
}

const EDGES: Readonly<Record<Kind | 'LOCAL', readonly [string, string]>> = {
  CLIENT: ['Request sent', 'Answer received'],
  SERVER: ['Request received', 'Answer sent'],
  PRODUCER: ['Message sent', 'Message handed over'],
  CONSUMER: ['Message received', 'Message done'],
  LOCAL: ['Start', 'End'],
};
/** Zipkin's short names, of which people know the long ones. */
const SHORT: Readonly<Record<string, string>> = {
  cs: 'Client sent',
  cr: 'Client received',
  sr: 'Server received',
  ss: 'Server sent',
  ms: 'Message sent',
  mr: 'Message received',
};

/** A span's annotations between its start and its end. */
export function momentsOf({ kind, timestamp, duration, annotations = [] }: Span): Moments {
  const moments: Moment[] = annotations.map((annotation) => ({
    timestamp: annotation.timestamp,
    text: textOf(annotation.value, exceptionOf(annotation)?.text),
    isOwn: true,
  }));
  const own = moments.length;
  const [first, last] = EDGES[kind ?? 'LOCAL'];
  if (timestamp !== undefined) {
    moments.push({ timestamp, text: first, isOwn: false });
    if (duration !== undefined) moments.push({ timestamp: timestamp + duration, text: last, isOwn: false });
  }
  moments.sort((a, b) => a.timestamp - b.timestamp || Number(a.isOwn) - Number(b.isOwn));
  return { moments, from: moments[0]?.timestamp ?? 0, to: moments.at(-1)?.timestamp ?? 0, own };
}

/** An exception's stack is shown elsewhere: its first line is enough here. */
function textOf(value: string, exception: string | undefined): string {
  if (exception !== undefined) return exception.split('\n', 1)[0]!;
  return Object.hasOwn(SHORT, value) ? `${value} (${SHORT[value]})` : value;
}
