import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** The list is in two libraries that may not import each other. */
const FILES = ['libs/zpages/src/core/http/gate.ts', 'libs/messaging/src/zpages-settings.ts'];

describe('the headers that say that a proxy sent a request on', () => {
  it('are the same for the pages and for DISTRACE_ZPAGES_ALLOW', async () => {
    const lists = await Promise.all(
      FILES.map(async (file) => {
        const source = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
        return /const FORWARDING =\s*(\/\S+\/);/.exec(source)?.[1];
      }),
    );
    expect(lists[0]).toContain('tailscale-user-login');
    expect(lists[1]).toBe(lists[0]);
  });
});
