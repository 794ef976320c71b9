import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { javaScriptFiles } from './testing/real-files.js';
import { weaveReal } from './testing/weave-real.js';

const NODE_MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
/** `bench/src/weave/all.main.ts` does the same with every file. */
const SAMPLE = 200;

describe('a sample of the real files of this workspace', () => {
  it.each(['in-place', 'closure'] as const)(
    'is woven whole, %s: parses again, keeps its lines, and comes back byte for byte',
    { timeout: 240_000 },
    (style) => {
      const files = javaScriptFiles(NODE_MODULES);
      const step = Math.floor(files.length / SAMPLE);
      let probes = 0;
      for (const path of files.filter((_, i) => i % step === 7)) {
        const real = weaveReal(path, style);
        expect(real.broken, path).toEqual([]);
        probes += real.probes;
      }
      expect(probes).toBeGreaterThan(1000);
    },
  );
});
