import { explainFile, filterAdmits } from '../../matchers/index.js';
import type { FileRules, Unmet } from '../../matchers/index.js';
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
    return [`no   ${name}  matches none of ${functions.length} functions`, ...near];
  });
}

/** The same from what a server offers: it tells of files which, and of functions only what was matched. */
export function serverRuleLines(
  rules: readonly ManifestRule[],
  { identity, text }: IdentifiedFile,
  probes: readonly ProbeRecord[],
): readonly string[] {
  return rules.map(({ name, files, enabled }) => {
    const off = enabled ? '' : ' (switched off)';
    const matched = matchedBy(name, probes);
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
          : 'matches none of its functions';
    return `no   ${name}${off}  ${why}`;
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

function shown({ predicate, instead }: Unmet): string {
  return `${predicate}: ${instead}`;
}
