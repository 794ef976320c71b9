import type { Edit, EditList } from './edit-list.js';
import { WireError } from './errors.js';
import { FRAGMENTS, fragmentPattern, renderFragment } from './fragments.js';

/**
 * The source with all insertions of a list. Texts are from the fixed table; nothing of the source is changed or left
 * out. The caller knows that `list.source` is the hash of these bytes, and has checked a list that it does not trust
 * (`checkEdits`).
 *
 * @param source the file's bytes decoded as UTF-8, byte order mark kept
 * @param firstProbeId the process-wide number of the list's probe 0; default 0
 * @throws WireError `DT_ERR_EDITS_MALFORMED` for kinds that are not in the table and offsets outside of the source
 */
export function applyEdits(source: string, list: Pick<EditList, 'edits'>, firstProbeId = 0): string {
  const parts: string[] = [];
  let from = 0;
  for (const edit of list.edits) {
    const [offset] = edit;
    if (!Number.isInteger(offset) || offset < from || offset > source.length) {
      throw malformed(`the offset ${offset}`, `a whole number from ${from} to ${source.length}`);
    }
    parts.push(source.slice(from, offset), textOf(source, edit, firstProbeId));
    from = offset;
  }
  parts.push(source.slice(from));
  return parts.join('');
}

/** The source of a woven text: everything that `applyEdits` inserted is taken out again. */
export function unweave(code: string): string {
  return code.replace(fragmentPattern(), '');
}

function textOf(source: string, [, kind, probe, names = []]: Edit, firstProbeId: number): string {
  const fragment = FRAGMENTS.get(kind);
  if (fragment === undefined) throw malformed(`the kind "${kind}"`, [...FRAGMENTS.keys()].join(', '));
  if (!Number.isInteger(probe) || probe < 0) throw malformed(`the probe ${probe}`, 'a number from 0');
  const texts = names.map(([start, end]) => source.slice(start, end));
  if (fragment.names === 'none' ? texts.length > 0 : fragment.names === 'rest' && texts.length === 0) {
    throw malformed(`${texts.length} names for "${kind}"`, 'those that its text has room for');
  }
  return renderFragment(fragment, firstProbeId + probe, texts);
}

function malformed(came: string, rule: string): WireError {
  return new WireError(
    'DT_ERR_EDITS_MALFORMED',
    `An edit takes ${rule}, got ${came}. Weave the file again with this version of the weaver.`,
  );
}
