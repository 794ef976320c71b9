import { applyEdits, unweave } from '../../wire/apply-edits.js';
import { checkEdits } from '../../wire/check-edits.js';
import type { ModuleFormat } from '../../wire/edit-list.js';
import { parseSource } from '../../wire/parse.js';
import type { Style } from '../../wire/plan.js';
import { weave } from '../weave.js';
import { formatOf, sourceOf } from './real-files.js';

/** What became of one real file, all of whose functions were woven. */
export interface RealFile {
  /** In no format can it be parsed: a template or a test case for parsers. */
  readonly unreadable: boolean;
  readonly functions: number;
  readonly probes: number;
  /** Reasons of functions that stayed as they are. */
  readonly refused: readonly string[];
  /** What does not hold; empty as it must be. */
  readonly broken: readonly string[];
}

/** Weaves all functions of a file and looks whether everything that is promised of the result holds. */
export function weaveReal(path: string, style: Style): RealFile {
  const source = sourceOf(path);
  const format = readableFormat(source, formatOf(path));
  if (format === undefined) return { unreadable: true, functions: 0, probes: 0, refused: [], broken: [] };
  const rule = { name: 'all', replaces: style === 'closure', matches: () => true };
  const { code, edits, probes, report } = weave(source, { path, format, rules: [rule] });
  const broken: string[] = [];
  const holds = (what: string, check: () => boolean) => {
    try {
      if (!check()) broken.push(what);
    } catch (error) {
      broken.push(`${what}: ${String(error)}`);
    }
  };
  const refused = report.refused.map(({ code: why, reason }) => `${why}: ${reason}`);
  holds('it parses again', () => parseSource(code, format).type === 'Program');
  holds('unweave gives the original', () => unweave(code) === source);
  holds('applyEdits gives the woven text', () => applyEdits(source, edits) === code);
  holds('the list passes its check', () => checkEdits(source, edits) === undefined);
  holds(
    'no line moved',
    () => code.split(/\r\n|[\n\r\u2028\u2029]/).length === source.split(/\r\n|[\n\r\u2028\u2029]/).length,
  );
  holds(
    'every function is woven or refused',
    () =>
      refused.some((why) => !why.startsWith('no-form')) ||
      probes.length + refused.length === report.functions,
  );
  return { unreadable: false, functions: report.functions, probes: probes.length, refused, broken };
}

/** Bundlers' files are often of the other format than their package says. */
function readableFormat(source: string, first: ModuleFormat): ModuleFormat | undefined {
  return [first, first === 'esm' ? ('cjs' as const) : ('esm' as const)].find((format) => {
    try {
      return parseSource(source, format).type === 'Program';
    } catch {
      return false;
    }
  });
}
