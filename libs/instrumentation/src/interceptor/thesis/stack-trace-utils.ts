// V8's own default is 10: too few to see through frameworks.
const MAX_FRAMES = 100;

/**
 * The thesis' questions about the stack: who called the method that is being intercepted. Costs some microseconds a
 * frame; ask at calls that are rare. A woven body is a frame without a name of its own and is not counted.
 */
export const StackTraceUtils = Object.freeze({
  /**
   * How many frames of the current stack are of this method: `place`, or `Orders.place` for that class alone. 0 where
   * the application formats stacks in its own way.
   */
  numMethodCalls(name: string): number {
    return currentFrames().filter((frame) => frame === name || frame.endsWith(`.${name}`)).length;
  },

  /** Whether the current stack has a frame of this method. */
  containsMethodCall(name: string): boolean {
    return StackTraceUtils.numMethodCalls(name) > 0;
  },
});

/** Names of the functions on the stack, innermost first. */
function currentFrames(): readonly string[] {
  const holder: { stack?: unknown } = {};
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = MAX_FRAMES;
    Error.captureStackTrace(holder, currentFrames);
    return typeof holder.stack === 'string' ? frameNames(holder.stack) : [];
  } catch {
    // The application's own Error.prepareStackTrace may throw.
    return [];
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** `at async Orders.place [as alias] (file:1:2)` and `at new Orders (…)` to `Orders.place` and `Orders.constructor`. */
export function frameNames(stack: string): readonly string[] {
  return stack.split('\n').flatMap((line) => {
    const [, isNew, name] = /^\s+at (?:async )?(new )?([^\s(]+)(?: \[as [^\]]+\])? \(/.exec(line) ?? [];
    if (name === undefined) return [];
    return [isNew === undefined ? name : `${name}.constructor`];
  });
}
