import { readFile } from 'node:fs/promises';
import { filterAdmits } from '../../matchers/index.js';
import type { PreparedRule } from '../../matchers/index.js';
import { identify } from './identify.js';
import type { IdentifiedFile } from './identify.js';
import { pathInside } from './owners.js';
import type { Owners } from './owners.js';

/** A file that a rule may touch, as an agent would decide; undefined for all others, which mostly are not read. */
export async function candidate(
  path: string,
  rules: readonly PreparedRule[],
  owners: Owners,
): Promise<IdentifiedFile | undefined> {
  const owner = owners.of(path);
  const place = { package: owner.name, path: pathInside(owner, path) };
  const filters = rules
    .flatMap((rule) => rule.filters)
    .filter((filter) => filterAdmits({ ...filter, words: [] }, { ...place, text: '' }));
  if (filters.length === 0) return undefined;
  const bytes = await readFile(path);
  const has = ({ words }: { readonly words: readonly string[] }) =>
    words.every((word) => bytes.includes(word));
  return filters.some(has) ? identify(path, bytes, owners) : undefined;
}
