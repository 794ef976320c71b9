/** How a file is evaluated: decides about top-level `await`, `import` and strict mode. */
export type ModuleFormat = 'cjs' | 'esm';

/**
 * One insertion: at `offset` (UTF-16 units of the decoded source, byte order mark included) stands the text of
 * fragment `kind` of the fixed table, for the file's probe number `probe`. Insertions at one offset stand in
 * the order of the list. `names` are `[start, end]` pairs of identifiers of the same source that the fragment
 * repeats (the parameters of an arrow function, which has no `arguments`).
 */
export type Edit = readonly [
  offset: number,
  kind: string,
  probe: number,
  names?: readonly (readonly [start: number, end: number])[],
];

/** What is woven at one function, and for whom. */
export interface ProbeRecord {
  /** Names of the interceptors, outermost first. */
  readonly interceptors: readonly string[];
  /** `Class.method`, `Class.get name`, `function` or `<anonymous>`; for people and for spans' code attributes. */
  readonly function: string;
  /** Line of the function in the source, from 1. */
  readonly line: number;
  /** `sync`, `async`, `generator` or `async-generator`: how its end is seen. */
  readonly flow: 'sync' | 'async' | 'generator' | 'async-generator';
  /**
   * What cannot be told from one file is decided in the process: per interceptor (same index as
   * `interceptors`), null or the names of classes of which the receiver must be a sub-type.
   */
  readonly when?: readonly (null | { readonly subTypeOf: readonly string[] })[];
}

/** All insertions of one file. */
export interface EditList {
  readonly v: 1;
  /** SHA-256 of the source's bytes, lower-case hex: the list is for these bytes and no others. */
  readonly source: string;
  readonly format: ModuleFormat;
  /** The weaver's version: fragments change their meaning only together with it. */
  readonly weaver: number;
  /** Ascending by offset. */
  readonly edits: readonly Edit[];
  readonly probes: readonly ProbeRecord[];
}
