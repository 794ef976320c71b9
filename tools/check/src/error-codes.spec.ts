import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readWorkspace } from './workspace-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const SPEC = /\.(?:spec|e2e-spec)(?:\.helper)?\.ts$/;

/** The rows `| \`DT_ERR_X\` | message | cause | what to do |` of the page. */
const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `(DT_ERR_[A-Z0-9_]+)` *\|(.*)\|$/gm)].map(([, code = '', rest = '']) => ({
  code,
  cells: rest.split('|').map((cell) => cell.trim()),
}));

describe('docs/reference/errors.md', () => {
  let used: readonly string[] = [];

  beforeAll(async () => {
    const sources = (await readWorkspace(root)).filter(
      ({ path }) => path.endsWith('.ts') && !SPEC.test(path),
    );
    // Codes stand in the code as whole string literals; `DT_ERR_AMQP_*` in a comment is none.
    const found = sources.flatMap(({ text }) => [...text.matchAll(/'(DT_ERR_[A-Z0-9_]+)'/g)]);
    used = [...new Set(found.map(([, code = '']) => code))].toSorted();
  });

  it('has a row for each code in the code, and for no other', () => {
    expect(used.length).toBeGreaterThan(0);
    expect(rows.map(({ code }) => code).toSorted()).toEqual(used);
  });

  it('says message, cause and what to do for each', () => {
    const thin = rows.filter(({ cells }) => cells.length !== 3 || cells.some((cell) => cell === ''));
    expect(thin).toEqual([]);
  });
});
