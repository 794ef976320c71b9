import { createHash } from 'node:crypto';
import { applyEdits } from '../wire/apply-edits.js';
import type { Edit, EditList, ModuleFormat, ProbeRecord } from '../wire/edit-list.js';
import { lineCounter } from '../wire/lines.js';
import { nameOf } from '../wire/naming.js';
import { parseSource } from '../wire/parse.js';
import { editsOf, mergeEdits, planSite } from '../wire/plan.js';
import type { RefusalCode } from '../wire/plan.js';
import { recordOf } from '../wire/records.js';
import { findSites } from '../wire/sites.js';
import type { Site } from '../wire/sites.js';
import { WEAVER } from '../wire/version.js';
import { RUNTIME_NAME } from '../wire/woven-api.js';
import { createFactCollector } from './collect-facts.js';
import type { FunctionFacts } from './facts.js';
import { essenceOf } from './essence.js';
import { createIndexer } from './file-index.js';
import type { WeaveRule } from './rule.js';

export interface WeaveOptions {
  /** For messages only: what matches by path has been decided before. */
  readonly path: string;
  readonly format: ModuleFormat;
  /** Outermost first. */
  readonly rules: readonly WeaveRule[];
  /** SHA-256 of the file's bytes, lower-case hex; default: of `source` as UTF-8, which is the same for valid UTF-8. */
  readonly sourceHash?: string;
}

/** Why something stays as it is. */
export interface Refusal {
  readonly code: RefusalCode;
  /** For people: what and why. */
  readonly reason: string;
  /** The function and its line; absent when the whole file is refused. */
  readonly function?: string;
  readonly line?: number;
}

export interface WeaveReport {
  readonly path: string;
  /** How many functions the file has. */
  readonly functions: number;
  /** Names of the rules that matched no function of the file. */
  readonly unmatched: readonly string[];
  /** Marked functions, or the whole file, that stay as they are. */
  readonly refused: readonly Refusal[];
}

export interface WeaveResult {
  /** The woven text, with probe numbers from 0; the source itself where nothing is woven. */
  readonly code: string;
  /** What a process applies to its own bytes; without edits where nothing is woven. */
  readonly edits: EditList;
  readonly probes: readonly ProbeRecord[];
  readonly report: WeaveReport;
}

/** Weaves one file: finds the functions that rules match and says what is to be inserted. Never throws for a source. */
export function weave(source: string, options: WeaveOptions): WeaveResult {
  const { format, rules, sourceHash = createHash('sha256').update(source).digest('hex') } = options;
  const result = (
    edits: readonly Edit[],
    probes: readonly ProbeRecord[],
    report: Omit<WeaveReport, 'path'>,
  ) => {
    const list: EditList = { v: 1, source: sourceHash, format, weaver: WEAVER, edits, probes };
    return { code: applyEdits(source, list), edits: list, probes, report: { path: options.path, ...report } };
  };
  try {
    if (source.includes(RUNTIME_NAME)) {
      throw new Refused('name-taken', `the text "${RUNTIME_NAME}" occurs in the file`);
    }
    const work = weaveSites(source, { format, rules });
    const woven = result(work.edits, work.probes, work.report);
    if (work.edits.length > 0) mustParse(essenceOf(source, work.sites, work.edits), format);
    return woven;
  } catch (error) {
    return result([], [], {
      functions: 0,
      unmatched: rules.map(({ name }) => name),
      refused: [refusalOf(error)],
    });
  }
}

class Refused extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/**
 * A form that does not fit its function would end the application at start. The essence does: to parse the whole again
 * was 33 to 45 % of what weaving a file took.
 */
function mustParse(code: string, format: ModuleFormat): void {
  try {
    parseSource(code, format);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refused('failed', `the woven text cannot be parsed: ${error.message}`);
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return { code: error.code, reason: error.message };
  if (error instanceof RangeError)
    return { code: 'too-deep', reason: 'the file nests too deep to be parsed' };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: error instanceof SyntaxError ? 'syntax' : 'failed', reason };
}

function weaveSites(source: string, { format, rules }: Pick<WeaveOptions, 'format' | 'rules'>) {
  const indexer = createIndexer();
  const sites = findSites(parseSource(source, format), indexer.visit);
  const lineOf = lineCounter(source);
  const collectFacts = createFactCollector(indexer.result());
  const matched = new Set<string>();
  const refused: Refusal[] = [];
  const probes: ProbeRecord[] = [];
  const perSite: [Site, Edit[]][] = [];
  for (const site of sites) {
    const naming = nameOf(site);
    const hits = answersOf(collectFacts(site, naming, lineOf(site.fn.start)), rules);
    if (hits.length === 0) continue;
    for (const { rule } of hits) matched.add(rule.name);
    const record = recordOf(site, naming, lineOf);
    const plan = planSite(site, hits.some(({ rule }) => rule.replaces) ? 'closure' : 'in-place');
    if ('refused' in plan) {
      refused.push({ code: 'no-form', reason: plan.refused, function: record.function, line: record.line });
      continue;
    }
    perSite.push([site, editsOf(site, plan, probes.length)]);
    const when = hits.map(({ answer }) => (answer === true ? null : { subTypeOf: answer.subTypeOf }));
    probes.push({
      interceptors: hits.map(({ rule }) => rule.name),
      ...record,
      ...(when.some((condition) => condition !== null) && { when }),
    });
  }
  const unmatched = rules.map(({ name }) => name).filter((name) => !matched.has(name));
  return {
    sites,
    edits: mergeEdits(perSite),
    probes,
    report: { functions: sites.length, unmatched, refused },
  };
}

function answersOf(facts: FunctionFacts, rules: readonly WeaveRule[]) {
  return rules.flatMap((rule) => {
    const answer = ask(rule, facts);
    return answer === false ? [] : [{ rule, answer }];
  });
}

function ask(rule: WeaveRule, facts: FunctionFacts): ReturnType<WeaveRule['matches']> {
  try {
    return rule.matches(facts);
  } catch (error) {
    throw new Refused('rule-failed', `the matcher of "${rule.name}" threw: ${String(error)}`);
  }
}
