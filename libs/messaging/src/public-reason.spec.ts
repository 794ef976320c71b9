import { describe, expect, it } from 'vitest';
import { publicReason } from './public-reason.js';

describe('publicReason', () => {
  it.each([
    [
      "EACCES: permission denied, open '/srv/my data/results/a.json'",
      "EACCES: permission denied, open 'a.json'",
    ],
    ["EXDEV, rename '/a/b.tmp' -> '/c/d.json'", "EXDEV, rename 'b.tmp' -> 'd.json'"],
    [
      'Cannot find module /opt/app/dist/x.js imported from file:///opt/app/y.js',
      'Cannot find module x.js imported from y.js',
    ],
    ['ENOENT:/home/me/secret/file (3)', 'ENOENT:file (3)'],
    [String.raw`open 'C:\Users\me\x.json' and C:\Temp\y`, "open 'x.json' and y"],
    [
      'no answer of http://127.0.0.1:3000/a/b, and/or a/b/c',
      'no answer of http://127.0.0.1:3000/a/b, and/or a/b/c',
    ],
    ['disk full', 'disk full'],
  ])('of %j says %j', (message, said) => {
    expect(publicReason(new Error(message))).toBe(said);
  });

  it('says the first line only, and not more than a person reads', () => {
    expect(publicReason(new Error('first\n    at /srv/app/x.js'))).toBe('first');
    expect(publicReason('x'.repeat(10_000))).toHaveLength(300);
  });
});
