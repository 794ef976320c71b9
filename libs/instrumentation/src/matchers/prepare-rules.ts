import { createHash } from 'node:crypto';
import { DistraceError } from '@distrace/tracing/core/errors';
import type { FileFilter, FileIdentity } from '../wire/index.js';
import type { WeaveRule } from '../weaver/rule.js';
import { checkMatcher } from './check.js';
import { evaluate } from './evaluate.js';
import { fileFilters } from './file-filters.js';
import type { Matcher } from './matcher.js';
import type { MatcherNode } from './node.js';
import { residual, residualKey } from './residual.js';

/** An interceptor as server and command know it. */
export interface PreparedRule {
  readonly name: string;
  /** SHA-256 of name, matcher and kind, lower-case hex: the same while it marks the same functions for the same form. */
  readonly hash: string;
  /** Which files a process must ask about. */
  readonly filters: readonly FileFilter[];
}

/** What is left of one rule for one file. Plain data: it may go to a worker thread. */
export interface FileRule {
  readonly name: string;
  readonly match: MatcherNode;
  /** Whether it stands in for functions. */
  readonly replaces: boolean;
}

/** What is to be known of an interceptor before its code runs anywhere. */
export interface RuleSource {
  readonly name: string;
  readonly match: Matcher;
  /** What makes it stand in for functions: its `replace`, or true. Absent: advice. */
  readonly replace?: unknown;
}

/** The rules that may touch one file. */
export interface FileRules {
  /** In the order of the interceptors, outermost first. Empty: the file is not marked. */
  readonly rules: readonly FileRule[];
  /** What an edit list is cached under; null when no rule touches the file. */
  readonly key: string | null;
}

/** All interceptors of a server, ready to be asked. */
export interface PreparedRules {
  readonly rules: readonly PreparedRule[];
  /** SHA-256 over all rules and the weaver's version, lower-case hex. */
  readonly rulesHash: string;
  /** What is to be woven into a file, by its place; the source's text is not needed. */
  rulesFor(file: FileIdentity): FileRules;
}

export interface PrepareOptions {
  /** The weaver's version: edit lists of another are not reused. */
  readonly weaver: number;
}

/**
 * Checks and compiles interceptors. Throws `DT_ERR_INTERCEPTOR_NAME` for a name given twice and `DT_ERR_MATCH_*` for
 * matchers that cannot work, so that a broken extension stops the server's start and never an application's.
 */
export function prepareRules(interceptors: readonly RuleSource[], { weaver }: PrepareOptions): PreparedRules {
  refuseTwins(interceptors.map(({ name }) => name));
  for (const { name, match } of interceptors) checkMatcher(match, `Interceptor ${name}`);
  const rules = interceptors.map((each) => ({
    name: each.name,
    hash: sha256(JSON.stringify([each.name, residualKey(each.match.node), replaces(each)])),
    filters: fileFilters(each.match),
  }));
  return {
    rules,
    rulesHash: sha256(JSON.stringify([weaver, ...rules.map(({ hash }) => hash)])),
    rulesFor(file) {
      const left = interceptors
        .map((each) => ({ name: each.name, match: residual(each.match, file), replaces: replaces(each) }))
        .filter(({ match }) => match.is !== 'none');
      return { rules: left, key: left.length === 0 ? null : editKey(file, left, weaver) };
    },
  };
}

/**
 * The key of an edit list: the same for every file of the same content and format of which the same is left to ask,
 * wherever it lies. Lower-case hex of a SHA-256.
 */
export function editKey(
  file: Pick<FileIdentity, 'source' | 'format'>,
  rules: readonly FileRule[],
  weaver: number,
): string {
  const left = rules.map((rule) => [rule.name, residualKey(rule.match), rule.replaces]);
  return sha256(JSON.stringify([weaver, file.source, file.format, left]));
}

/** The rules of one file as the weaver asks them. */
export function weaveRules(rules: readonly FileRule[]): readonly WeaveRule[] {
  return rules.map(({ name, match, replaces: isReplacement }) => ({
    name,
    replaces: isReplacement,
    matches(fn) {
      const condition = evaluate(match, fn);
      if (typeof condition === 'boolean') return condition;
      // checkMatcher lets no other form through.
      return { subTypeOf: [...new Set(condition.flatMap(({ is }) => is))].toSorted() };
    },
  }));
}

function replaces({ replace }: RuleSource): boolean {
  return replace !== undefined && replace !== false;
}

function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin === undefined) return;
  throw new DistraceError(
    'DT_ERR_INTERCEPTOR_NAME',
    `Each interceptor needs a name of its own, got ${twin} twice; rename one of them`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
