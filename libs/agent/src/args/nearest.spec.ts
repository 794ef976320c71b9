import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.js';

const NAMES = ['service', 'server_entry', 'server_main', 'timeout_ms', 'token', 'ignore'];

describe('the name that was meant', () => {
  it.each([
    ['serivce', 'service'],
    ['servce', 'service'],
    ['services', 'service'],
    ['SERVICE', 'service'],
    ['serverEntry', 'server_entry'],
    ['server-main', 'server_main'],
    ['timeoutMs', 'timeout_ms'],
    ['timeout', undefined],
    ['tokn', 'token'],
    ['x', undefined],
    ['', undefined],
    ['completely_other', undefined],
    ['a'.repeat(100_000), undefined],
  ])('of %s is %s', (written, meant) => {
    expect(nearest(written, NAMES)).toBe(meant);
  });
});
