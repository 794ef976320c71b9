import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { brokerErrorCodes } from './errors.ts';

describe('error codes', () => {
  it('each has a line in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const described = [...readme.matchAll(/^\| `(DT_ERR_\w+)`/gm)].map((match) => match[1]);
    expect(described).toEqual([...brokerErrorCodes]);
  });
});
