/** One call of a woven function, as interceptors see it. */
export interface Call {
  /** The receiver: `this` of the call; undefined in arrow functions and before `super()` of a constructor. */
  readonly self: unknown;
  /** The arguments, live: as many as were passed. For arrow functions the values of the named parameters. */
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
   * with what they settled to; for generators with the return value at their end.
   */
  onExit?(call: Call, result: unknown): void;
  /** Instead of `onExit`, with what was thrown or rejected. */
  onError?(call: Call, error: unknown): void;
}

/** Replacement: stands in for the function. `proceed()` runs the original; it may be skipped or called again. */
export interface Replacement {
  replace(call: Call, proceed: () => unknown): unknown;
}

export type InterceptorBody = Advice | Replacement;

/** What the helper bundle gives the process: `module.exports` of its one CommonJS text. */
export interface HelperBundle {
  readonly v: 1;
  readonly interceptors: Readonly<Record<string, InterceptorBody>>;
  /** Starts exporters and the async context; before any interceptor runs. */
  start(options: BundleStart): BundleHandle;
}

export interface BundleStart {
  readonly serviceName: string;
  /** As the thesis' argument: `directZipkin(host:port)`, `disk(folder)`, a custom name; undefined: its own default. */
  readonly spanExporter?: string;
  /** Set on every span (the rules' hash; process facts by option). */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Worker threads send their spans to the main thread's chain where this is false. */
  readonly isMainThread: boolean;
}

export interface BundleHandle {
  /** Runs `fn` in an async context of its own: what `fn` attaches is gone when it returns. */
  scope<T>(fn: () => T): T;
  /** Exports what is left; resolves, never rejects. */
  shutdown(timeoutMs: number): Promise<void>;
}
