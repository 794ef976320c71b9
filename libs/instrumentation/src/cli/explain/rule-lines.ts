import { explainFile, fileFilters, filterAdmits } from '../../matchers/index.js';
import type { FileRules, MatcherNode, Unmet } from '../../matchers/index.js';
import type { InterceptorDefinition } from '../../interceptor/index.js';
import type { FunctionFacts } from '../../weaver/index.js';
import type { ManifestRule, ProbeRecord } from '../../wire/index.js';
import type { IdentifiedFile } from '../files/identify.js';
import { nearMisses } from './nearest.js';

/** What a file and its rules are described by. */
export interface RuleFindings {
  readonly file: IdentifiedFile;
  readonly definitions: readonly InterceptorDefinition[];
  readonly rules: FileRules['rules'];
  readonly functions: readonly FunctionFacts[];
  readonly probes: readonly ProbeRecord[];
}

/** One line or more per rule: what it matched, or the first predicate that failed and what came nearest. */
export function ruleLines({ file, definitions, rules, functions, probes }: RuleFindings): readonly string[] {
  return definitions.flatMap(({ name, match }) => {
    const left = rules.find((rule) => rule.name === name);
    if (left === undefined) {
      const unmet = explainFile(match.node, file.identity);
      return [`no   ${name}  ${unmet === undefined ? 'the file is not one of its' : shown(unmet)}`];
    }
    const matched = matchedBy(name, probes);
    if (matched.length > 0) return [`yes  ${name}  ${matched.join(', ')}`];
    const near = nearMisses(left.match, functions).map(
      (miss) => `       nearly ${miss.function}  ${miss.unmet.map(shown).join('; ')}`,
    );
    const missing = missingWords(left.match, file.text);
    const why =
      missing.length === 0
        ? noneOf(functions.length)
        : `nothing: ${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not occur in the file`;
    return [`no   ${name}  matches ${why}`, ...near];
  });
}

/** The same from what a server offers: it tells of files which, and of functions only what was matched. */
export function serverRuleLines(
  rules: readonly ManifestRule[],
  { identity, text }: IdentifiedFile,
  /** Undefined where the server has not looked into the file. */
  probes: readonly ProbeRecord[] | undefined,
): readonly string[] {
  return rules.map(({ name, files, enabled }) => {
    const off = enabled ? '' : ' (switched off)';
    const matched = matchedBy(name, probes ?? []);
    if (matched.length > 0) return `yes  ${name}${off}  ${matched.join(', ')}`;
    const admits = (without: object) =>
      files.some((filter) =>
        filterAdmits({ ...filter, ...without }, { package: identity.package, path: identity.path, text }),
      );
    const why = !admits({ path: null, words: [] })
      ? `is for other packages than ${identity.package || 'none'}`
      : !admits({ words: [] })
        ? `is for other files than ${identity.path}`
        : !admits({})
          ? 'is for names that this file does not hold'
          : undefined;
    if (why === undefined && probes === undefined) return `?    ${name}${off}  may touch this file`;
    return `no   ${name}${off}  ${why ?? 'matches none of its functions'}`;
  });
}

function matchedBy(name: string, probes: readonly ProbeRecord[]): readonly string[] {
  return probes
    .filter(({ interceptors }) => interceptors.includes(name))
    .map((probe) => {
      const condition = probe.when?.[probe.interceptors.indexOf(name)];
      const only = condition ? ` (sub-types of ${condition.subTypeOf.join(' or ')} only)` : '';
      return `${probe.function}:${probe.line}${only}`;
    });
}

/** Names without which nothing can match; processes do not ask about a file that lacks them. */
function missingWords(match: MatcherNode, text: string): readonly string[] {
  const missing = fileFilters(match).map(({ words }) => words.filter((word) => !text.includes(word)));
  return missing.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function noneOf(count: number): string {
  return count === 0
    ? 'nothing: the file has no functions'
    : count === 1
      ? 'not the one function'
      : `none of ${count} functions`;
}

function shown({ predicate, instead }: Unmet): string {
  return `${predicate}: ${instead}`;
}
