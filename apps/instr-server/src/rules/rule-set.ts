import {
  Matcher,
  prepareRules,
  type MatcherNode,
  type PreparedRules,
} from '@distrace/instrumentation/weaving';
import type { InterceptorDefinition } from '@distrace/instrumentation';
import { WEAVER, type ManifestRule } from '@distrace/instrumentation/wire';

/** One interceptor as the server needs it: data, without its code. */
export interface RuleData {
  readonly name: string;
  readonly match: MatcherNode;
  /** Whether it stands in for functions, which decides about the form of what is woven. */
  readonly replace: boolean;
}

/** What extensions came to. */
export interface LoadedRules {
  /** Outermost first. */
  readonly rules: readonly RuleData[];
  /** The helper bundle: one CommonJS text. */
  readonly bundle: string;
  /** Folders of the extensions, to be watched. */
  readonly folders: readonly string[];
  /** Files that were read for it; it is the same while they are. */
  readonly files: readonly string[];
}

/** What of an interceptor goes to other threads and stays on the disk. */
export function ruleDataOf({ name, match, replace }: InterceptorDefinition): RuleData {
  return { name, match: match.node, replace: replace !== undefined };
}

/** Compiles the rules. @throws DistraceError for a matcher that cannot work, or a name given twice. */
export function prepare(rules: readonly RuleData[]): PreparedRules {
  return prepareRules(
    rules.map(({ name, match, replace }) => ({ name, match: new Matcher(match), replace })),
    { weaver: WEAVER },
  );
}

/** For the manifest. */
export function manifestRules(
  { rules }: PreparedRules,
  isEnabled: (name: string) => boolean,
): readonly ManifestRule[] {
  return rules.map(({ name, filters }) => ({ name, files: filters, enabled: isEnabled(name) }));
}
