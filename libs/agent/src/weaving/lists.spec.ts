import { expect, it } from 'vitest';
import type { FileIdentity, Pack } from '@distrace/instrumentation/wire';
import { fileKey } from '@distrace/instrumentation/wire';
import { Decisions } from './lists.js';

const file = (source: string, path = 'a.js'): FileIdentity => ({
  package: 'shop',
  version: '1.0.0',
  path,
  format: 'cjs',
  source: source.repeat(64),
});
const packOf = (...files: readonly FileIdentity[]) =>
  ({ files: Object.fromEntries(files.map((one) => [fileKey(one), null])) }) as unknown as Pack;

it('decisions know who made them, and files of the pack that have changed since', () => {
  const decisions = new Decisions();
  decisions.replace(packOf(file('a')));
  expect(decisions.get(fileKey(file('a')))).toEqual({ decision: null, from: 'pack' });
  expect(decisions.get(fileKey(file('b')))).toBeUndefined();
  expect(['a.js', 'b.js'].map((path) => decisions.hasOther(fileKey(file('b', path))))).toEqual([true, false]);
  decisions.learn(fileKey(file('b')), { decision: null, from: 'server' });
  expect(decisions.get(fileKey(file('b')))).toEqual({ decision: null, from: 'asked' });
  decisions.replace(undefined);
  expect([decisions.get(fileKey(file('b'))), decisions.hasOther(fileKey(file('b')))]).toEqual([
    undefined,
    false,
  ]);
});
