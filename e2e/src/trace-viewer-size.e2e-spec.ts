import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const ASSETS = fileURLToPath(new URL('../../apps/trace-viewer/dist/page/assets/', import.meta.url));

it('the page’s scripts are at most 60 KB, packed, and made for production', () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith('.js'));
  const texts = scripts.map((name) => readFileSync(ASSETS + name, 'utf8'));
  const bytes = texts.map((text) => gzipSync(text, { level: 9 }).byteLength);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(60 * 1024);
  expect(texts.some((text) => text.includes('lineNumber:'))).toBe(false);
});
