import type { Edit, EditList, ProbeRecord } from './edit-list.js';
import { WireError } from './errors.js';
import { opensInPlace } from './forms.js';
import { lineCounter } from './lines.js';
import { nameOf } from './naming.js';
import { parseSource } from './parse.js';
import { bodyRange, editsOf, mergeEdits, planSite } from './plan.js';
import type { Style } from './plan.js';
import { recordOf } from './records.js';
import { findSites } from './sites.js';
import type { Site } from './sites.js';
import { WEAVER } from './version.js';
import { RUNTIME_NAME } from './woven-api.js';

/**
 * Refuses every list that the weaver could not have made for this source: the source is parsed, and the insertions
 * at each function that the list opens are worked out again. So whole bodies are wrapped, each in the one form it can
 * have, no statement is skipped, nothing is inserted anywhere else, and the names are the function's own parameters.
 * Which functions are woven, and for which interceptors, is for the signature to vouch for.
 *
 * @param source as for `applyEdits`; that its hash is `list.source` is the caller's to check
 * @throws WireError `DT_ERR_EDITS_WEAVER` for another weaver's list, `DT_ERR_EDITS_UNSOUND` for all else
 */
export function checkEdits(source: string, list: EditList): void {
  if (list.v !== 1 || list.weaver !== WEAVER) {
    throw new WireError(
      'DT_ERR_EDITS_WEAVER',
      `An edit list must be of weaver ${WEAVER}, got one of ${String(list.weaver)}. Let server and agent have one version.`,
    );
  }
  if (!Array.isArray(list.edits) || !Array.isArray(list.probes))
    throw unsound('it has no edits or no probes');
  if (list.edits.length === 0 && list.probes.length === 0) return;
  if (source.includes(RUNTIME_NAME)) throw unsound(`the source holds "${RUNTIME_NAME}"`);
  const lineOf = lineCounter(source);
  const perSite = claimedSites(source, list).map(({ site, style }, probe): [Site, Edit[]] => {
    const record = recordOf(site, nameOf(site), lineOf);
    if (!isRecordOf(list.probes[probe]!, record)) {
      throw unsound(`probe ${probe} does not describe ${record.function} in line ${record.line}`);
    }
    const plan = planSite(site, style);
    if ('refused' in plan) throw unsound(`${record.function} cannot be woven: ${plan.refused}`);
    return [site, editsOf(site, plan, probe)];
  });
  compare(list.edits, mergeEdits(perSite));
}

interface Claim {
  readonly site: Site;
  readonly style: Style;
}

/**
 * The function of each probe, by where its first insertion stands, at no place do two functions begin; and by the kind
 * of this insertion whether its body is to stay in place.
 */
function claimedSites(source: string, { format, edits, probes }: EditList): Claim[] {
  const starts = new Map(parsedSites(source, format).map((site) => [bodyRange(site.fn).start, site]));
  const claimed = new Map<number, Claim>();
  for (const edit of edits) {
    const [offset, kind, probe] = Array.isArray(edit) ? (edit as unknown as Edit) : [-1, '', -1];
    if (claimed.has(probe)) continue;
    const site = starts.get(offset);
    if (site === undefined) throw unsound(`no function's body begins at ${offset}`);
    starts.delete(offset);
    claimed.set(probe, { site, style: opensInPlace(kind) ? 'in-place' : 'closure' });
  }
  return probes.map((_, probe) => {
    const claim = claimed.get(probe);
    if (claim === undefined) throw unsound(`probe ${probe} is nowhere`);
    return claim;
  });
}

function parsedSites(source: string, format: EditList['format']): Site[] {
  try {
    return findSites(parseSource(source, format));
  } catch (cause) {
    throw unsound('the source cannot be parsed', cause);
  }
}

function isRecordOf(given: ProbeRecord, made: ReturnType<typeof recordOf>): boolean {
  return given?.function === made.function && given.line === made.line && given.flow === made.flow;
}

function compare(given: readonly Edit[], made: readonly Edit[]): void {
  if (given.length !== made.length) throw unsound(`it has ${given.length} edits where ${made.length} belong`);
  made.forEach((edit, i) => {
    const other = given[i];
    if (JSON.stringify(other) !== JSON.stringify(edit)) {
      throw unsound(`edit ${i} is ${JSON.stringify(other)} where ${JSON.stringify(edit)} belongs`);
    }
  });
}

function unsound(why: string, cause?: unknown): WireError {
  return new WireError(
    'DT_ERR_EDITS_UNSOUND',
    `An edit list must wrap whole function bodies and do nothing else, got one that does not: ${why}. The original runs.`,
    { cause },
  );
}
