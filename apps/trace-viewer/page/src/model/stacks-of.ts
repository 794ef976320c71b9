import type { Annotation, Span } from '@distrace/zipkin';

/** A stack trace of a span. */
export interface SpanStack {
  readonly title: string;
  readonly text: string;
  /** Epoch microseconds. */
  readonly timestamp?: number;
  readonly isError: boolean;
}

/** Tags that hold a stack, and what they are called; such a tag is not shown a second time among the tags. */
const STACK_TAGS: Readonly<Record<string, string>> = {
  'stacktrace.open': 'Opened at',
  'stacktrace.close': 'Closed at',
  'exception.stacktrace': 'Exception',
};

/** Whether a tag is shown as a stack. */
export function isStackTag(key: string): boolean {
  return Object.hasOwn(STACK_TAGS, key);
}

/** The stacks of a half: of the errors it recorded, and of its opening and closing. */
export function stacksOf({ tags = {}, annotations = [], timestamp, duration }: Span): SpanStack[] {
  const stacks: SpanStack[] = [];
  for (const annotation of annotations) {
    const stack = exceptionOf(annotation);
    if (stack) stacks.push(stack);
  }
  const error = tags['exception.stacktrace'];
  if (error) stacks.push({ title: tags['exception.type'] ?? 'Exception', text: error, isError: true });
  const open = tags['stacktrace.open'];
  if (open) stacks.push({ title: 'Opened at', text: open, isError: false, ...(timestamp && { timestamp }) });
  const close = tags['stacktrace.close'];
  const end = timestamp !== undefined && duration !== undefined ? timestamp + duration : undefined;
  if (close) stacks.push({ title: 'Closed at', text: close, isError: false, ...(end && { timestamp: end }) });
  return stacks;
}

/** What an OpenTelemetry `exception` event says, which comes as its attributes in JSON. */
export function exceptionOf({ value, timestamp }: Annotation): SpanStack | undefined {
  const json = /^exception: (\{.*\})$/s.exec(value)?.[1];
  if (json === undefined) return undefined;
  try {
    const attributes = JSON.parse(json) as Record<string, unknown>;
    const type = textOf(attributes['exception.type']) ?? 'Exception';
    const message = textOf(attributes['exception.message']);
    const stack = textOf(attributes['exception.stacktrace']);
    const said = message === undefined ? type : `${type}: ${message}`;
    return { title: 'Exception', text: stack ?? said, timestamp, isError: true };
  } catch {
    // Somebody's own words that only begin alike: they stay among the annotations.
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
