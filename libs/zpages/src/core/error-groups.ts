import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ErrorGroup } from './query.js';
import { cutText, ownText } from './text.js';

/** Messages are told apart by their beginning. */
const MAX_TEXT_LENGTH = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The errors of one name by type and message; the first ones have a group of their own, the rest share one. */
export class ErrorGroups {
  readonly #groups = new Map<string, Mutable<ErrorGroup>>();
  #other: Mutable<ErrorGroup> | undefined;

  /** Counts the error that a span ended with. */
  add(span: ReadableSpan, nowMs: number, maxGroups: number): void {
    const { type, message } = describeError(span);
    const key = JSON.stringify([type, message]);
    let group = this.#groups.get(key) ?? (this.#groups.size >= maxGroups ? this.#other : undefined);
    if (group === undefined) {
      const times = { count: 0, firstUnixMs: nowMs, lastUnixMs: nowMs };
      if (this.#groups.size < maxGroups) {
        group = {
          ...(type === undefined ? {} : { type: ownText(type) }),
          ...(message === undefined ? {} : { message: ownText(message) }),
          ...times,
        };
        this.#groups.set(key, group);
      } else {
        group = { other: true, ...times };
        this.#other = group;
      }
    }
    group.count++;
    group.lastUnixMs = nowMs;
  }

  /** Most frequent first, the shared group last. */
  list(): ErrorGroup[] {
    const own = [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
    return [...own, ...(this.#other === undefined ? [] : [this.#other])].map((group) => ({ ...group }));
  }
}

/** What kind of error a span ended with, from the places where instrumentations put it. */
function describeError(span: ReadableSpan): { readonly type?: string; readonly message?: string } {
  const exception = span.events.findLast(({ name }) => name === 'exception')?.attributes;
  const type = textOf(exception?.['exception.type']) ?? textOf(span.attributes['error.type']);
  const message = textOf(span.status.message) ?? textOf(exception?.['exception.message']);
  return { ...(type === undefined ? {} : { type }), ...(message === undefined ? {} : { message }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? cutText(value, MAX_TEXT_LENGTH) : undefined;
}
