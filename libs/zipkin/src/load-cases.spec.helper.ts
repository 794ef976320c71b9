/** A case of a fixture file. */
export interface Case<Input, Expected> {
  readonly name: string;
  readonly input: Input;
  /** What Zipkin makes of the input. */
  readonly expected: Expected;
  /** How the input is spelt. Default: v2. */
  readonly format?: 'v1' | 'v2';
  /** Why this library answers otherwise, a name in `differences.spec.helper.ts`; then `ours` is its answer. */
  readonly difference?: string;
  readonly ours?: Expected;
}

/** The cases of a file in the folder fixtures. */
export async function loadCases<Input, Expected>(file: string): Promise<Case<Input, Expected>[]> {
  // A path that is no constant: the compiler must not pull JSON from outside src into the build.
  const path: string = `../fixtures/${file}`;
  const module: unknown = await import(path, { with: { type: 'json' } });
  return (module as { readonly default: Case<Input, Expected>[] }).default;
}
