import { describe, expect, it } from 'vitest';
import { differences } from '../differences.spec.helper.js';

interface ViteMeta {
  readonly glob: (pattern: string, options: object) => Record<string, string>;
}

describe('the differences from Zipkin', () => {
  it('are those of the table in the documentation, in its order', () => {
    const pages = (import.meta as unknown as ViteMeta).glob('../../../../docs/reference/zipkin-model.md', {
      eager: true,
      query: '?raw',
      import: 'default',
    });
    const [, table = ''] = Object.values(pages)[0]!.split('## Where it differs from Zipkin');
    const rows = [...table.matchAll(/^\| (.+?) +\|/gm)].map(([, name]) => name!);
    expect(rows.slice(2)).toEqual([...differences.keys()]);
  });
});
