import { describe, expect, it } from 'vitest';
import type { FileFilter } from '@distrace/instrumentation/wire';
import { Candidates } from './candidates.js';

const rules = (...files: FileFilter[]) => ({ rules: [{ name: 'r', files, enabled: true }] });

describe('candidates', () => {
  it('are none without a rule, and a rule without a filter matches nothing', () => {
    expect(new Candidates({ rules: [] }).size).toBe(0);
    expect(new Candidates(rules()).size).toBe(0);
  });

  it('are files that fit package, path and all words of one filter', () => {
    const candidates = new Candidates(
      rules({ packages: ['a', 'b'], path: '^dist/.*\\.js$', words: ['run', 'Task'] }),
    );
    expect(candidates.has('a', 'dist/x.js', 'class Task { run() {} }')).toBe(true);
    expect(candidates.has('b', 'dist/x.js', Buffer.from('class Task { run() {} }'))).toBe(true);
    expect(candidates.has('c', 'dist/x.js', 'class Task { run() {} }')).toBe(false);
    expect(candidates.has('a', 'src/x.js', 'class Task { run() {} }')).toBe(false);
    expect(candidates.has('a', 'dist/x.js', 'class Task {}')).toBe(false);
  });

  it('may be of any package, except those to be ignored', () => {
    const candidates = new Candidates(rules({ packages: null, path: null, words: [] }), ['quiet']);
    expect(candidates.has('', 'x.js', '')).toBe(true);
    expect(candidates.has('quiet', 'x.js', '')).toBe(false);
  });

  it('fit one filter as a whole, not parts of several', () => {
    const candidates = new Candidates(
      rules({ packages: ['a'], path: '^x$', words: [] }, { packages: ['a'], path: '^y$', words: ['w'] }),
    );
    expect(candidates.has('a', 'y', 'without')).toBe(true);
    expect(candidates.has('a', 'y', 'out')).toBe(false);
  });
});
