import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ErrorGroup } from './query.js';
import { cutText, ownText } from './text.js';

/** Messages are told apart by their beginning. */
const MAX_TEXT_LENGTH = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The errors of one name by type and message; those seen last have a group of their own, the rest share one. */
export class ErrorGroups {
  readonly #groups = new Map<string, Mutable<ErrorGroup>>();
  #other: Mutable<ErrorGroup> | undefined;

  /** Counts the error that a span ended with. */
  add(span: ReadableSpan, nowMs: number, maxGroups: number): void {
    const error = describeError(span);
    this.#makeRoom(error, nowMs, maxGroups);
    const group = this.#groupOf(error, nowMs, maxGroups);
    group.count++;
    group.lastUnixMs = nowMs;
  }

  /** Counts what another name's groups have counted. */
  absorb(other: ErrorGroups, maxGroups: number): void {
    for (const { count, firstUnixMs, lastUnixMs, other: isOther, ...error } of other.list()) {
      const group =
        isOther === true ? this.#otherGroup(firstUnixMs) : this.#groupOf(error, firstUnixMs, maxGroups);
      addCounts(group, { count, firstUnixMs, lastUnixMs });
    }
  }

  /**
   * For a new message the one not seen for longest goes to the others, or the first ones would hold the list for
   * good. Not those of this very moment: in a storm each would push out the one before.
   */
  #makeRoom(error: ErrorWords, nowMs: number, maxGroups: number): void {
    if (maxGroups === 0 || this.#groups.size < maxGroups || this.#groups.has(keyOf(error))) return;
    let oldestKey: string | undefined;
    let oldestMs = nowMs;
    for (const [key, { lastUnixMs }] of this.#groups) {
      // A time to come is one of a clock that was set back since.
      const seenMs = lastUnixMs > nowMs ? Number.NEGATIVE_INFINITY : lastUnixMs;
      if (seenMs < oldestMs) {
        oldestMs = seenMs;
        oldestKey = key;
      }
    }
    const oldest = oldestKey === undefined ? undefined : this.#groups.get(oldestKey);
    if (oldestKey === undefined || oldest === undefined) return;
    this.#groups.delete(oldestKey);
    addCounts(this.#otherGroup(oldest.firstUnixMs), oldest);
  }

  #groupOf(error: ErrorWords, nowMs: number, maxGroups: number): Mutable<ErrorGroup> {
    const key = keyOf(error);
    const { type, message } = error;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= maxGroups) return this.#otherGroup(nowMs);
    const group = {
      ...(type === undefined ? {} : { type: ownText(type) }),
      ...(message === undefined ? {} : { message: ownText(message) }),
      count: 0,
      firstUnixMs: nowMs,
      lastUnixMs: nowMs,
    };
    this.#groups.set(key, group);
    return group;
  }

  #otherGroup(nowMs: number): Mutable<ErrorGroup> {
    return (this.#other ??= { other: true, count: 0, firstUnixMs: nowMs, lastUnixMs: nowMs });
  }

  /** Most frequent first, the shared group last. */
  list(): ErrorGroup[] {
    const own = [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
    return [...own, ...(this.#other === undefined ? [] : [this.#other])].map((group) => ({ ...group }));
  }
}

function addCounts(
  group: Mutable<ErrorGroup>,
  { count, firstUnixMs, lastUnixMs }: Pick<ErrorGroup, 'count' | 'firstUnixMs' | 'lastUnixMs'>,
): void {
  group.count += count;
  group.firstUnixMs = Math.min(group.firstUnixMs, firstUnixMs);
  group.lastUnixMs = Math.max(group.lastUnixMs, lastUnixMs);
}

function keyOf({ type, message }: ErrorWords): string {
  return JSON.stringify([type, message]);
}

/** What tells errors apart. */
interface ErrorWords {
  readonly type?: string;
  readonly message?: string;
}

/** What kind of error a span ended with, from the places where instrumentations put it. */
function describeError(span: ReadableSpan): ErrorWords {
  try {
    return readError(span);
  } catch {
    // It is counted all the same.
    return {};
  }
}

function readError(span: ReadableSpan): ErrorWords {
  const exception = span.events.findLast(({ name }) => name === 'exception')?.attributes;
  const type = textOf(exception?.['exception.type']) ?? textOf(span.attributes['error.type']);
  const message = textOf(span.status.message) ?? textOf(exception?.['exception.message']);
  return { ...(type === undefined ? {} : { type }), ...(message === undefined ? {} : { message }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? cutText(value, MAX_TEXT_LENGTH) : undefined;
}
