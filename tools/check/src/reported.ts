/** What is read of a finished module, suite or test; Vitest's own objects fit. */
export interface Reported {
  readonly type: string;
  /** A test's own name, without those of the suites around it. */
  readonly name?: string;
  /** A module's path below the workspace. */
  readonly relativeModuleId?: string;
  readonly children?: Iterable<Reported>;
  errors?(): readonly unknown[];
  result?(): { readonly state: string };
}

/** All of them and what they hold, at any depth. */
export function* flatten(nodes: Iterable<Reported>): Generator<Reported> {
  for (const node of nodes) {
    yield node;
    yield* flatten(node.children ?? []);
  }
}
