import type { FunctionFacts } from './facts.js';

/** No, yes, or yes for receivers that are a sub-type of one of these classes, which only the process can tell. */
export type RuleAnswer = boolean | { readonly subTypeOf: readonly string[] };

/** One interceptor as the weaver sees it: its name and what is left of its matcher for one file. */
export interface WeaveRule {
  /** The interceptor's name; stands in the probe records. */
  readonly name: string;
  /** Whether it stands in for functions (`replace`): their bodies then have to be where it can call them. */
  readonly replaces: boolean;
  /** Asked once for every function of the file. */
  matches(fn: FunctionFacts): RuleAnswer;
}
