import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Tag with the stack at the opening of a span. */
export const ATTR_STACK_OPEN = 'stacktrace.open';
/** Tag with the stack at the closing of a span. */
export const ATTR_STACK_CLOSE = 'stacktrace.close';

const MAX_FRAMES = 12;
/** Frames of the machinery between the application and its span say nothing about either. */
const MACHINERY =
  /[\\/]@opentelemetry[\\/]|[\\/]libs[\\/]tracing[\\/](?:src|dist)[\\/]|[\\/]@distrace[\\/]tracing[\\/]|node:internal|node:async_hooks/;

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
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = MAX_FRAMES * 3;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const frames = stack.split('\n').slice(1);
  const application = frames.filter((frame) => !MACHINERY.test(frame));
  // Everything may be machinery (a span of Nest's own): then the machinery is what there is to say.
  return (application.length > 0 ? application : frames)
    .slice(0, MAX_FRAMES)
    .map((frame) => frame.trim())
    .join('\n');
}
