/** One call of a woven function, as interceptors see it. */
export interface Call {
  /** The receiver: `this` of the call; undefined in arrow functions and before `super()` of a constructor. */
  readonly self: unknown;
  /**
   * The arguments, live: as many as were passed. For arrow functions the values of the named parameters. Not to be
   * written to: in sloppy code that would write to the function's parameters.
   */
  readonly args: ArrayLike<unknown>;
  /** `Class.method` or the function's name. */
  readonly function: string;
  /** Line in the source. */
  readonly line: number;
  /** `new.target` of a constructor call, where known. */
  readonly newTarget?: unknown;
  /** Room for one interceptor from `onEnter` to `onExit` or `onError`, of this call alone. */
  state: unknown;
}

/** Advice: runs around a function and cannot change what it does. What it throws is counted, never seen by the app. */
export interface Advice {
  /** Before the body. The body, and all asynchronous work it starts, runs in the async context this leaves behind. */
  onEnter?(call: Call): void;
  /**
   * After the body: with the returned value; for async functions and native promises after they have settled,
   * with what they settled to; for generators with the return value at their end; for constructors with the object.
   * A promise of a plain function that nobody waits for by the end of the event loop's turn is not watched, since
   * watching would hide its rejection from `unhandledRejection`: its call ends there, and `result` is the promise.
   * Not called when `onEnter` of this call threw.
   */
  onExit?(call: Call, result: unknown): void;
  /** Instead of `onExit`, with what was thrown or rejected. */
  onError?(call: Call, error: unknown): void;
}

/**
 * Replacement: stands in for the function. `proceed()` runs the original with the same arguments; it may be skipped or
 * called again. What `replace` returns or throws is what the caller sees, so its errors are not caught.
 */
export interface Replacement {
  replace(call: Call, proceed: () => unknown): unknown;
}

export type InterceptorBody = Advice | Replacement;

/** What the helper bundle gives the process: `module.exports` of its one CommonJS text. */
export interface HelperBundle {
  readonly v: 1;
  readonly interceptors: Readonly<Record<string, InterceptorBody>>;
  /**
   * Starts exporters and the async context; before any interceptor runs. Nothing is registered with OpenTelemetry's
   * globals: an application that registers its own SDK gets the woven spans into it. Throws a DistraceError for an
   * exporter that is unknown or has a bad argument.
   */
  start(options: BundleStart): BundleHandle;
}

export interface BundleStart {
  readonly serviceName: string;
  /** As the thesis' argument: `directZipkin(host:port)`, `disk(folder)`, a custom name; undefined: its own default. */
  readonly spanExporter?: string;
  /** Set on every span (the rules' hash; process facts by option). */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Worker threads send their spans to the main thread, by a channel that the application does not see. */
  readonly isMainThread: boolean;
  /** Tags with the stack at opening and closing of each span; default false. */
  readonly stackTraces?: boolean;
  /** Files whose frames are left out of these stacks: the agent's own. */
  readonly hiddenFiles?: readonly string[];
}

/** How the runtime keeps what interceptors attach away from the caller of the woven function. */
export interface Scopes {
  /** Runs `fn` in an async context of its own: what `fn` attaches is gone when it returns. */
  scope<T>(fn: () => T): T;
  /** The async context of now, for `resume`. Without these two, hooks that run later see the context of their caller. */
  capture?(): unknown;
  /** As `scope`, in a context that `capture` gave. */
  resume?<T>(captured: unknown, fn: () => T): T;
  /**
   * Begins an async context of its own for what follows, until the function that it gives is called: then the context
   * is what it was before, whatever has been attached meanwhile. For plain functions, whose bodies stay where they are;
   * without it, such a body runs in the context of its caller. Calls nest, and none of them lasts longer than a turn.
   */
  attach?(): () => void;
}

export interface BundleHandle extends Scopes {
  /** Exports what is left; resolves, never rejects. */
  shutdown(timeoutMs: number): Promise<void>;
  /**
   * Exports what is left before a process ends that will not turn its event loop again; blocks for at most so many
   * milliseconds, not at all when nothing is left; never throws. Absent in bundles of older servers.
   */
  flushSync?(timeoutMs: number): void;
  /** Spans that have started and not ended yet. Absent in bundles of older servers. */
  openSpans?(): number;
}
