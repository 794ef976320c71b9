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
  /** SHA-256 of name and matcher, lower-case hex: the same as long as the rule marks the same functions. */
  readonly hash: string;
  /** Which files a process must ask about. */
  readonly filters: readonly FileFilter[];
}

/** What is left of one rule for one file. Plain data: it may go to a worker thread. */
export interface FileRule {
  readonly name: string;
  readonly match: MatcherNode;
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
export function prepareRules(
  interceptors: readonly { readonly name: string; readonly match: Matcher }[],
  { weaver }: PrepareOptions,
): PreparedRules {
  refuseTwins(interceptors.map(({ name }) => name));
  for (const { name, match } of interceptors) checkMatcher(match, `Interceptor ${name}`);
  const rules = interceptors.map(({ name, match }) => ({
    name,
    hash: sha256(JSON.stringify([name, residualKey(match.node)])),
    filters: fileFilters(match),
  }));
  return {
    rules,
    rulesHash: sha256(JSON.stringify([weaver, ...rules.map(({ hash }) => hash)])),
    rulesFor(file) {
      const left = interceptors
        .map(({ name, match }) => ({ name, match: residual(match, file) }))
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
  const left = rules.map(({ name, match }) => [name, residualKey(match)]);
  return sha256(JSON.stringify([weaver, file.source, file.format, left]));
}

/** The rules of one file as the weaver asks them. */
export function weaveRules(rules: readonly FileRule[]): readonly WeaveRule[] {
  return rules.map(({ name, match }) => ({
    name,
    matches(fn) {
      const condition = evaluate(match, fn);
      if (typeof condition === 'boolean') return condition;
      // checkMatcher lets no other form through.
      return { subTypeOf: [...new Set(condition.flatMap(({ is }) => is))].toSorted() };
    },
  }));
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
