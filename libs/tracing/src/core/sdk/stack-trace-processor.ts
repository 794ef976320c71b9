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

/** What V8 calls the function in which a runtime keeps a body. */
const BODY = /^\s*at Object\.body \((.+?)((?::\d+){2})\)$/;

const MACHINERY = /[\\/]@opentelemetry[\\/]|node:internal|node:async_hooks/;

/**
 * The thesis' stack traces: where each span was opened and closed, as tags. Off by default: taking a stack
 * costs several times what the span does.
 */
export class StackTraceProcessor implements SpanProcessor {
  onStart(span: Span): void {
    tag(span, ATTR_STACK_OPEN);
  }

  onEnding(span: Span): void {
    tag(span, ATTR_STACK_CLOSE);
  }

  onEnd(_span: ReadableSpan): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function tag(span: Span, name: string): void {
  const stack = captureStack();
  // A promise that settled closes its span while nothing of the application runs: there is nothing to be shown.
  if (stack !== '') span.setAttribute(name, stack);
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

/** The frames of a stack without those of OpenTelemetry, Node and this library; empty if none is left. */
export function applicationFrames(
  stack: string,
  libraryRoot: string,
  hiddenFiles: readonly string[] = hidden,
): string {
  const isOurs = (frame: string) =>
    frame.includes(libraryRoot) || hiddenFiles.some((file) => frame.includes(file));
  const frames = stack.split('\n').slice(1);
  return wholeFunctions(frames, isOurs)
    .filter((frame) => !MACHINERY.test(frame) && !isOurs(frame))
    .slice(0, MAX_FRAMES)
    .map((frame) => frame.trim())
    .join('\n');
}

/** A function whose body a runtime calls stands there twice: its name at the outer frame, its line at the inner one. */
function wholeFunctions(frames: readonly string[], isOurs: (frame: string) => boolean): readonly string[] {
  const isApplication = (frame: string) => !MACHINERY.test(frame) && !isOurs(frame);
  const whole: string[] = [];
  for (let i = 0; i < frames.length; i++) {
    const [, file, place] = BODY.exec(frames[i]!) ?? [];
    const isCalled = file !== undefined && i + 1 < frames.length && isOurs(frames[i + 1]!);
    const outer = isCalled ? frames.findIndex((frame, at) => at > i && isApplication(frame)) : -1;
    if (outer !== -1 && frames[outer]!.includes(`(${file}:`)) {
      whole.push(frames[outer]!.replace(/\([^()]*\)$/, `(${file}${place})`));
      i = outer;
    } else whole.push(frames[i]!);
  }
  return whole;
}
