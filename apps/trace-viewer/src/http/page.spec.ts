import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startViewer } from '../testing.js';

let pageFolder: string;
const SCRIPT = 'console.log("page");'.repeat(50);

beforeAll(() => {
  pageFolder = mkdtempSync(join(tmpdir(), 'trace-viewer-page-'));
  mkdirSync(join(pageFolder, 'assets'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Traces</title>');
  writeFileSync(join(pageFolder, 'favicon.svg'), '<svg/>');
  writeFileSync(join(pageFolder, 'assets', 'index-C0ffee12.js'), SCRIPT);
});
afterAll(() => rmSync(pageFolder, { recursive: true, force: true }));

describe('the page', () => {
  it.each([
    '/',
    '/zipkin',
    '/zipkin/',
    '/zipkin/traces/abc',
    '/traces/abc?span=1',
    '/zipkin/dependency',
    '/zipkin/index.html',
  ])('answers %s with the index, to be asked for again each time', async (path) => {
    const viewer = await startViewer({ pageFolder });
    const { status, text, headers } = await viewer.get(path);
    expect([status, text]).toEqual([200, '<!doctype html><title>Traces</title>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  it('lets files with a hash in their name be kept for ever, packed for whoever takes that', async () => {
    const viewer = await startViewer({ pageFolder });
    const path = '/zipkin/assets/index-C0ffee12.js';
    const plain = await viewer.get(path);
    expect(plain.text).toBe(SCRIPT);
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    });
    const packed = await viewer.get(path, { 'accept-encoding': 'gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.bytes).toString()).toBe(SCRIPT);
  });

  it('says 304 to whoever has the file', async () => {
    const viewer = await startViewer({ pageFolder });
    const { headers } = await viewer.get('/zipkin/favicon.svg');
    const again = await viewer.get('/zipkin/favicon.svg', { 'if-none-match': `"other", W/${headers.etag}` });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', headers.etag]);
    expect((await viewer.get('/zipkin/favicon.svg', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each([
    '/zipkin/assets/gone-12345678.js',
    '/zipkin/assets/gone',
    '/zipkin/nothing.css',
    '/favicon.ico',
    '/zipkin/../package.json',
    '/zipkin/%2e%2e/%2e%2e/package.json',
    '/zipkin/..%2fpackage.json',
    '/nothing',
  ])('says 404 for %s', async (path) => {
    const viewer = await startViewer({ pageFolder });
    const { status, text } = await viewer.get(path);
    expect(text).not.toContain('"name"');
    expect([status, text.slice(0, 18)]).toEqual([404, 'DT_ERR_VIEWER_PATH']);
  });

  it('says what to do when it is not built, while the API works', async () => {
    const viewer = await startViewer({ pageFolder: join(pageFolder, 'missing') });
    const { status, text } = await viewer.get('/zipkin/');
    expect(status).toBe(503);
    expect(text).toContain('npm run build');
    expect((await viewer.get('/api/v2/services')).status).toBe(200);
  });
});
