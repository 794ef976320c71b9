/**
 * What a matcher is as data: JSON, so that it travels to worker threads and into cache keys. `package` and `file`
 * speak of files, all others of functions.
 */
export type MatcherNode =
  | { readonly is: 'any' }
  | { readonly is: 'none' }
  | { readonly is: 'package'; readonly name: string; readonly range: string }
  | { readonly is: 'file'; readonly glob: string }
  | { readonly is: FunctionPredicate; readonly name: string }
  | { readonly is: 'and' | 'or'; readonly of: readonly MatcherNode[] }
  | { readonly is: 'not'; readonly of: MatcherNode };

/** The questions that are asked of one function. */
export type FunctionPredicate = 'class' | 'method' | 'getter' | 'func' | 'decorated' | 'subType';

/** Matches everything. */
export const ANY: MatcherNode = Object.freeze({ is: 'any' });

/** Matches nothing. */
export const NONE: MatcherNode = Object.freeze({ is: 'none' });
