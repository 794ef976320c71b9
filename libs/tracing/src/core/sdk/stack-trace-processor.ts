import { fileURLToPath } from 'node:url';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Tag with the stack at the opening of a span. */
export const ATTR_STACK_OPEN = 'stacktrace.open';
/** Tag with the stack at the closing of a span. */
export const ATTR_STACK_CLOSE = 'stacktrace.close';

const MAX_FRAMES = 12;
/**
 * Where this library lies: its frames stand between the application and its span, and say nothing. In a bundle that
 * is the bundle itself.
 */
const LIBRARY_ROOT = fileURLToPath(
  new URL(/\/stack-trace-processor\.[jt]s$/.test(import.meta.url) ? '../../' : '', import.meta.url),
);
/** Further files that say nothing. */
let hidden: readonly string[] = [];

/** Leaves the frames of some files out of stack traces as well: of a runtime that calls interceptors, say. */
export function hideStackFrames(files: readonly string[]): void {
  hidden = files;
}

const MACHINERY = /[\\/]@opentelemetry[\\/]|node:internal|node:async_hooks/;

/**
 * The thesis' stack traces: where each span was opened and closed, as tags. Off by default: taking a stack
 * costs several times what the span does.
 */
export class StackTraceProcessor implements SpanProcessor {
  onStart(span: Span): void {
    span.setAttribute(ATTR_STACK_OPEN, captureStack());
  }

  onEnding(span: Span): void {
    span.setAttribute(ATTR_STACK_CLOSE, captureStack());
  }

  onEnd(_span: ReadableSpan): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function captureStack(): string {
  try {
    return applicationFrames(readStack(), LIBRARY_ROOT);
  } catch {
    // The application may have frozen Error, or format stacks in a way of its own that fails.
    return 'unreadable stack';
  }
}

function readStack(): string {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = MAX_FRAMES * 3;
    return String(new Error().stack);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The frames of a stack without those of OpenTelemetry, Node and this library; all of them if none is left. */
export function applicationFrames(stack: string, libraryRoot: string): string {
  const frames = stack.split('\n').slice(1);
  const application = frames.filter(
    (frame) =>
      !MACHINERY.test(frame) && !frame.includes(libraryRoot) && !hidden.some((file) => frame.includes(file)),
  );
  // A span of Nest's own may have nothing else: then the machinery is what there is to say.
  return (application.length > 0 ? application : frames)
    .slice(0, MAX_FRAMES)
    .map((frame) => frame.trim())
    .join('\n');
}
