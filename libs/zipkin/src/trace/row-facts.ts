import type { Span } from '../span.js';
import type { TraceNode } from './tree.js';

/** What a page says of a row. */
export interface RowFacts {
  /** The receiver's name for the work where it has one. */
  readonly name?: string;
  /** Who did the work: the receiver; for a caller without anything below it, whom it called. */
  readonly serviceName?: string;
  /** `critical`: a half has a tag `error`, whatever its value. `transient`: only an annotation says `error`. */
  readonly error?: 'critical' | 'transient';
  /** Whether a half has started and has no duration. */
  readonly open: boolean;
}

/** Name, service and state of a row, by the rules of Zipkin Lens. */
export function factsOf(node: TraceNode): RowFacts {
  const { halves } = node;
  const server = halves.find(({ kind }) => kind === 'SERVER');
  const name = server?.name ?? halves.find((half) => half.name !== undefined)?.name;
  const serviceName = server?.localEndpoint?.serviceName ?? callee(node) ?? localName(halves);
  const error = halves.some(hasError)
    ? 'critical'
    : halves.some(hasErrorAnnotation)
      ? 'transient'
      : undefined;
  return {
    ...(name !== undefined && { name }),
    ...(serviceName !== undefined && { serviceName }),
    ...(error && { error }),
    open: halves.some(isOpen),
  };
}

/** Zipkin marks a failed span by the tag `error`, whatever its value. */
export function hasError({ tags }: Span): boolean {
  return tags !== undefined && Object.hasOwn(tags, 'error');
}

/** Whether a span has started and not ended. */
export function isOpen({ timestamp, duration }: Span): boolean {
  return timestamp !== undefined && duration === undefined;
}

function callee({ span, halves, children }: TraceNode): string | undefined {
  if (span.kind !== 'CLIENT' || halves.length > 1 || children.length > 0) return undefined;
  return span.remoteEndpoint?.serviceName;
}

function localName(halves: readonly Span[]): string | undefined {
  return halves.find(({ localEndpoint }) => localEndpoint?.serviceName !== undefined)?.localEndpoint
    ?.serviceName;
}

function hasErrorAnnotation({ annotations }: Span): boolean {
  return annotations !== undefined && annotations.some(({ value }) => value === 'error');
}
