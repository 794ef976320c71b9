import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeProblem } from './check-node.js';

it.each(['v22.22.3', 'v22.23.0', 'v24.15.0', 'v24.21.0', 'v26.0.0', 'v27.1.0', 'v26.0.0-nightly'])(
  'takes %s',
  (version) => {
    expect(nodeProblem('it', version)).toBeUndefined();
  },
);

it.each(['v18.0.0', 'v20.20.2', 'v22.22.2', 'v22.9.9', 'v23.11.0', 'v24.14.9', 'v25.0.0'])(
  'refuses %s in one line',
  (version) => {
    expect(nodeProblem('it', version)).toBe(
      `it needs Node 22.22.3 or later of 22, 24.15.0 or later of 24, or 26 or later, got ${version}. Start it with one of these.`,
    );
  },
);

it('says what package.json says', () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(manifest).toContain('"node": "^22.22.3 || ^24.15.0 || >=26"');
});
