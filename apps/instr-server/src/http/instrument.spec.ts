import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyEdits,
  openSigned,
  WEAVER,
  type EditList,
  type FileIdentity,
  type InstrumentAnswer,
} from '@distrace/instrumentation/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  cleanWith,
  fileOf,
  makeExtension,
  ORDERS,
  payloadOf,
  RULES,
  sha,
  startServer,
  tempFolder,
  writeFiles,
} from '../testing.spec.helper.js';

cleanWith(onTestFinished);

// Processes and bundles: on a machine that is busy with other specs each takes its time.
vi.setConfig({ testTimeout: 120_000 });

function listOf(answer: InstrumentAnswer): EditList {
  if (answer.status !== 'woven') throw new Error(`expected woven, got ${JSON.stringify(answer)}`);
  return payloadOf(answer.edits) as unknown as EditList;
}

function probesOf(answer: InstrumentAnswer): string[] {
  return listOf(answer).probes.map((probe) => `${probe.function}: ${probe.interceptors.join()}`);
}

describe('POST /v1/instrument', () => {
  it('answers with the edits of exactly this source, signed', async () => {
    const server = await startServer();
    const list = listOf(await server.instrument(fileOf(ORDERS), ORDERS));
    expect(list).toMatchObject({ v: 1, source: sha(ORDERS), format: 'cjs' });
    const woven = applyEdits(ORDERS, list, 0);
    expect(woven).not.toBe(ORDERS);
    expect(woven.split('\n')).toHaveLength(ORDERS.split('\n').length);
  });

  it('I22: answers from the result, else the source, else its class path, and says which', async () => {
    const root = tempFolder();
    const own = 'exports.place = function place() { return 2; };\nclass A { place() {} }\n';
    writeFiles(root, {
      'node_modules/shop/package.json': '{"name":"shop","version":"1.0.0"}',
      'node_modules/shop/dist/own.js': own,
    });
    const server = await startServer({ sourceRoots: [root] });
    const file = fileOf(own, { path: 'dist/own.js' });
    expect(await server.instrument(file)).toMatchObject({ status: 'woven', phase: 'classpath' });
    expect(await server.instrument(file)).toMatchObject({ status: 'woven', phase: 'instrumented' });

    const sent = fileOf(ORDERS);
    expect(await server.instrument(sent)).toEqual({ status: 'need-source' });
    expect(await server.instrument(sent, ORDERS)).toMatchObject({ status: 'woven', phase: 'sent' });

    const kept = `${ORDERS}//`;
    await server.ask(`/v1/sources/${sha(kept)}`, { method: 'PUT', body: kept });
    expect(await server.instrument(fileOf(kept))).toMatchObject({ status: 'woven', phase: 'original' });
    expect(await server.instrument(fileOf(kept))).toMatchObject({ status: 'woven', phase: 'instrumented' });
  });

  it('takes from its class path only what has the hash that was asked for, and nothing outside the package', async () => {
    const root = tempFolder();
    writeFiles(root, {
      'shop/package.json': '{"name":"shop","version":"1.0.0"}',
      'shop/a.js': 'class A {}',
      'b.js': ORDERS,
    });
    const server = await startServer({ sourceRoots: [root] });
    expect(await server.instrument(fileOf(ORDERS, { path: 'a.js' }))).toEqual({ status: 'need-source' });
    for (const path of [
      '../b.js',
      'dist/../../b.js',
      '/b.js',
      'C:/b.js',
      'a\\b.js',
      'file:///b.js',
      './b.js',
    ]) {
      const { status, text } = await server.post('/v1/instrument', {
        service: 'shop',
        file: fileOf(ORDERS, { path }),
      });
      expect([path, status]).toEqual([path, 400]);
      expect(text).toContain('path inside its package');
    }
  });

  it('I23: caches "not marked" and answers it without the source', async () => {
    const server = await startServer();
    const elsewhere = fileOf(ORDERS, { package: 'other' });
    expect(await server.instrument(elsewhere)).toMatchObject({ status: 'not-marked', phase: 'instrumented' });
    const text = 'module.exports = 1; // place\n';
    expect(await server.instrument(fileOf(text), text)).toMatchObject({
      status: 'not-marked',
      phase: 'sent',
    });
    expect(await server.instrument(fileOf(text))).toMatchObject({
      status: 'not-marked',
      phase: 'instrumented',
    });
    expect((await server.stats()).counters).toMatchObject({ woven: 1, sourcesReceived: 1 });
  });

  it('signs "not marked" as an empty list for this source alone', async () => {
    const server = await startServer();
    const text = 'module.exports = 1; // place\n';
    for (const file of [
      fileOf(ORDERS, { package: 'other' }),
      fileOf(ORDERS, { package: 'other', format: 'esm' }),
      fileOf(text),
    ]) {
      const first = await server.instrument(file, file.source === sha(text) ? text : ORDERS);
      // Ed25519 is deterministic, so another signature would be the same text as well: the second comes of a cache.
      const second = await server.instrument(file);
      for (const answer of [first, second]) {
        if (answer.status !== 'not-marked') throw new Error(`expected not-marked, got ${answer.status}`);
        const payload = openSigned('edits', answer.edits, [server.core.signer.publicKey]);
        expect(JSON.parse(payload)).toEqual({
          v: 1,
          source: file.source,
          format: file.format,
          weaver: WEAVER,
          edits: [],
          probes: [],
        });
      }
    }
  });

  it('I17: gives other content under the same path its own result', async () => {
    const server = await startServer();
    const other = `class Shop { place() {} }\n`;
    expect(probesOf(await server.instrument(fileOf(ORDERS), ORDERS))).toEqual(['Orders.place: orders']);
    expect(await server.instrument(fileOf(other))).toEqual({ status: 'need-source' });
    const list = listOf(await server.instrument(fileOf(other), other));
    expect(list.source).toBe(sha(other));
    expect(list.probes.map((probe) => probe.function)).toEqual(['Shop.place']);
  });

  it('I18: applies the rules of its own package and path to the same content', async () => {
    const server = await startServer({
      extensions: [
        makeExtension({
          here: `inPackage('shop').and(method('place'))`,
          there: `inPackage('store').and(inFile('lib/*.js')).and(method('place'))`,
        }),
      ],
    });
    const files: Partial<FileIdentity>[] = [
      {},
      { package: 'store', path: 'lib/a.js' },
      { package: 'store', path: 'src/a.js' },
    ];
    const answers = [];
    for (const file of files) answers.push(await server.instrument(fileOf(ORDERS, file), ORDERS));
    expect(answers.slice(0, 2).map(probesOf)).toEqual([['Orders.place: here'], ['Orders.place: there']]);
    expect(answers[2]).toMatchObject({ status: 'not-marked', phase: 'instrumented' });
  });

  it('I19: weaves each file once when fifty processes start at the same time', async () => {
    const server = await startServer();
    const texts = Array.from({ length: 4 }, (_, i) => `${ORDERS}// ${i}\n`);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        Promise.all(texts.map((text, i) => server.instrument(fileOf(text, { path: `dist/${i}.js` }), text))),
      ),
    );
    for (const one of answers) expect(one.map(probesOf)).toEqual(texts.map(() => ['Orders.place: orders']));
    const { counters } = await server.stats();
    expect(counters).toMatchObject({ woven: 4, threadsEnded: 0, sourcesReceived: expect.any(Number) });
    expect(counters['joined']).toBeGreaterThan(0);
  });

  it('I16: weaves nothing for a second process and takes no byte of source from it', async () => {
    const storeFolder = join(tempFolder(), 'store');
    const first = await startServer({ storeFolder });
    await first.instrument(fileOf(ORDERS), ORDERS);
    expect((await first.stats()).counters).toMatchObject({ woven: 1, sourcesReceived: 1 });
    await first.instrument(fileOf(ORDERS), ORDERS);
    expect((await first.stats()).counters).toMatchObject({
      woven: 1,
      sourcesReceived: 1,
      answeredFromCache: 1,
    });
    await first.close();
    const second = await startServer({ storeFolder });
    expect(await second.instrument(fileOf(ORDERS), ORDERS)).toMatchObject({ phase: 'instrumented' });
    expect((await second.stats()).counters).toMatchObject({ woven: 0, sourceBytesReceived: 0, diskHits: 1 });
  });

  it('I20: weaves anew only what a changed rule matches', async () => {
    const folder = makeExtension({ ...RULES, other: `inPackage('store').and(method('place'))` });
    const server = await startServer({ extensions: [folder] });
    const here = fileOf(ORDERS);
    const there = fileOf(ORDERS, { package: 'store' });
    await server.instrument(here, ORDERS);
    // The same text with the same question left: its name is another, so its result is.
    await server.instrument(there, ORDERS);
    expect((await server.stats()).counters).toMatchObject({ woven: 2 });
    makeExtension({ ...RULES, other: `inPackage('store').and(inClass('Orders'))` }, folder);
    expect(await server.core.reloader.reload()).toMatchObject({ status: 'changed' });
    expect(await server.instrument(here)).toMatchObject({ phase: 'instrumented' });
    expect(await server.instrument(there)).toMatchObject({ phase: 'original' });
    expect((await server.stats()).counters).toMatchObject({ woven: 3, sourcesReceived: 1 });
  });

  it('looks at each file alone, so import cycles need no order', async () => {
    const server = await startServer();
    const cycle = {
      'a.js': `import { B } from './b.js';\nexport class A extends B { place() { return super.place(); } }\n`,
      'b.js': `import { A } from './a.js';\nexport class B { place() { return A.name; } }\n`,
    };
    // One of the two is never sent.
    const file = fileOf(cycle['a.js'], { path: 'a.js', format: 'esm' });
    expect(probesOf(await server.instrument(file, cycle['a.js']))).toEqual(['A.place: orders']);
    const other = fileOf(cycle['b.js'], { path: 'b.js', format: 'esm' });
    expect(probesOf(await server.instrument(other, cycle['b.js']))).toEqual(['B.place: orders']);
  });

  it('remembers a refusal, and says why once more without weaving', async () => {
    const server = await startServer();
    const text = 'class Orders { place( { }\n';
    const refused = await server.instrument(fileOf(text), text);
    expect(refused).toMatchObject({ status: 'refused', reason: expect.stringContaining('syntax') });
    expect(await server.instrument(fileOf(text))).toEqual(refused);
    const { counters, refusals } = await server.stats();
    expect(counters).toMatchObject({ woven: 1 });
    expect(refusals).toMatchObject([{ file: 'shop@1.0.0/dist/orders.js' }]);
  });

  it('I12: ends weaving that takes too long, remembers the file, and answers others', async () => {
    const folder = makeExtension({ everything: 'any()' });
    const server = await startServer({ extensions: [folder], weaveTimeoutMs: 150 });
    const long = `exports.f = () => ${'[() => '.repeat(100)}1${']'.repeat(100)};\n`.repeat(4000);
    const file = fileOf(long, { path: 'long.js' });
    const asked = server.instrument(file, long);
    expect((await server.ask('/healthz')).status).toBe(200);
    const refused = await asked;
    expect(refused).toMatchObject({ status: 'refused', reason: expect.stringContaining('at most 150 ms') });
    const begunAt = performance.now();
    expect(await server.instrument(file, long)).toEqual(refused);
    expect(performance.now() - begunAt).toBeLessThan(10_000);
    expect((await server.stats()).counters).toMatchObject({ woven: 1, threadsEnded: 1 });
  });

  it('says 422 for a source that is not the one its hash names', async () => {
    const server = await startServer();
    const lied = await server.post('/v1/instrument', {
      service: 'shop',
      file: fileOf(ORDERS),
      text: 'class X {}',
    });
    expect([lied.status, lied.json()['code']]).toEqual([422, 'DT_ERR_SERVER_HASH']);
    expect(await server.instrument(fileOf(ORDERS))).toEqual({ status: 'need-source' });
  });

  it('I45: keeps no absolute path and logs no source', async () => {
    const storeFolder = join(tempFolder(), 'store');
    const server = await startServer({ storeFolder });
    await server.handshake();
    await server.instrument(fileOf(ORDERS), ORDERS);
    await server.close();
    expect(server.warnings).toEqual([]);
    expect(readdirSync(storeFolder).toSorted()).toEqual(['content', 'extensions', 'rules', 'services']);
  });
});

describe('POST /v1/has', () => {
  it('says for many files at once from which phase an answer would come', async () => {
    const server = await startServer();
    const kept = `${ORDERS}//`;
    await server.ask(`/v1/sources/${sha(kept)}`, { method: 'PUT', body: kept });
    await server.instrument(fileOf(ORDERS), ORDERS);
    const unknown = `${ORDERS}// 2`;
    const files = [fileOf(ORDERS), fileOf(kept), fileOf(unknown), fileOf(unknown, { package: 'other' })];
    const { status, json } = await server.post('/v1/has', { service: 'shop', files });
    expect([status, json()]).toEqual([200, { phases: ['instrumented', 'original', null, 'instrumented'] }]);
  });
});

describe('PUT /v1/sources', () => {
  it('I43: refuses a body that is not what its name says', async () => {
    const server = await startServer();
    const { status, json } = await server.ask(`/v1/sources/${sha('a')}`, { method: 'PUT', body: 'b' });
    expect([status, json()['code']]).toEqual([422, 'DT_ERR_SERVER_HASH']);
    const bad = await server.ask('/v1/sources/abc', { method: 'PUT', body: 'b' });
    expect([bad.status, bad.json()['code']]).toEqual([400, 'DT_ERR_SERVER_BODY']);
  });
});
