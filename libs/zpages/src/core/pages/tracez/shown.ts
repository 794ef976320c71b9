import type { Row, TraceSpan } from '../../query.js';
import type { RunningSpan, EndedSpan } from '../../span-data.js';
import { redactAnswer } from '../redact/redact-answer.js';
import { refOf } from './ref.js';

/** A row or span ready to be shown: without secrets (unless they may be seen), and with the link to its row. */
export type Shown<T> = T & {
  /** Query parameters of /tracez that lead to the row of this name. */
  readonly ref: string;
};

export type ShownRow = Shown<Row>;
export type ShownSpan = Shown<EndedSpan> | Shown<RunningSpan>;
export type ShownTraceSpan = Shown<TraceSpan>;

/** Makes an item ready to be shown. The link is made of the true name, before redaction. */
export function show<T extends { readonly name: string; readonly overflow?: true }>(
  item: T,
  sensitive: boolean,
): Shown<T> {
  return { ...(sensitive ? item : redactAnswer(item)), ref: refOf(item) };
}
