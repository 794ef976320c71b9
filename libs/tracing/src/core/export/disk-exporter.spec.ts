import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { disk } from './disk-exporter.js';
import { fakeSpan, fakeSpans } from './fake-span.spec.helper.js';
import { LineFile } from './line-file.js';

const options = { signal: new AbortController().signal };
const isWindows = process.platform === 'win32';
const idsIn = async (file: string): Promise<string[]> => {
  const text = await readFile(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id.replace(/^0+/, ''));
};

describe('disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'distrace-disk-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes one line of Zipkin v2 JSON per span and goes on in the same file', async () => {
    const path = join(folder, 'out.ndjson');
    for (let run = 0; run < 2; run++) {
      const exporter = disk(path);
      await exporter.send(fakeSpans(2), options);
      await exporter.send(fakeSpans(1), options);
      await exporter.shutdown();
    }
    expect(await idsIn(path)).toEqual(['1', '2', '1', '1', '2', '1']);
  });

  it.each(['new/deep/', 'existing', 'existing/'])(
    'takes %s for a folder, makes it, and writes spans.ndjson there',
    async (name) => {
      await mkdir(join(folder, 'existing'));
      const exporter = disk(`${folder}/${name}`);
      await exporter.send(fakeSpans(1), options);
      await exporter.shutdown();
      expect(await idsIn(join(folder, name, 'spans.ndjson'))).toEqual(['1']);
    },
  );

  it('puts a full file aside and keeps so many', async () => {
    const path = join(folder, 'spans.ndjson');
    const exporter = disk(path, { maxBytes: 400, maxFiles: 3 });
    for (const span of fakeSpans(9)) await exporter.send([span], options);
    await exporter.shutdown();
    expect((await readdir(folder)).toSorted()).toEqual(['spans.1.ndjson', 'spans.2.ndjson', 'spans.ndjson']);
    const kept = await Promise.all(
      ['spans.2.ndjson', 'spans.1.ndjson', 'spans.ndjson'].map((name) => idsIn(join(folder, name))),
    );
    expect(kept.flat()).toEqual(['4', '5', '6', '7', '8', '9'].slice(-kept.flat().length));
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(400);
  });

  it('with one file begins it anew when it is full', async () => {
    const exporter = disk(join(folder, 'a.ndjson'), { maxBytes: 300, maxFiles: 1 });
    for (const span of fakeSpans(5)) await exporter.send([span], options);
    await exporter.shutdown();
    expect(await readdir(folder)).toEqual(['a.ndjson']);
    expect((await idsIn(join(folder, 'a.ndjson'))).at(-1)).toBe('5');
  });

  it('writes a span longer than a file may be, alone', async () => {
    const exporter = disk(join(folder, 'a.ndjson'), { maxBytes: 1000 });
    await exporter.send([fakeSpan({ attributes: { text: 'x'.repeat(65_536) } })], options);
    await exporter.send(fakeSpans(1), options);
    await exporter.shutdown();
    expect(await idsIn(join(folder, 'a.1.ndjson'))).toEqual(['b1']);
    expect(await idsIn(join(folder, 'a.ndjson'))).toEqual(['1']);
  });

  it.each([
    ['cuts off a line torn by a crash', '{"id":"1"}\n{"traceId":"2', ['1']],
    ['ends a whole line that lacks its end', '{"id":"1"}\n{"traceId":"1","id":"2"}', ['1', '2']],
    ['cuts off a torn only line', '{"tra', []],
    ['leaves a whole file alone', '{"id":"1"}\n', ['1']],
    ['cuts off a torn line of 200 kB', `{"id":"1"}\n{"traceId":"${'x'.repeat(200_000)}`, ['1']],
  ])('%s', async (_, before, kept) => {
    const path = join(folder, 'a.ndjson');
    await writeFile(path, before);
    const exporter = disk(path);
    await exporter.send([fakeSpan()], options);
    await exporter.shutdown();
    expect(await idsIn(path)).toEqual([...kept, 'b1']);
  });

  it('keeps lines whole whatever a span holds', async () => {
    const path = join(folder, 'a.ndjson');
    const text = 'one\ntwo\r\nthree\u2028four\u2029five\u0085\u0000"\\';
    const exporter = disk(path, { fsync: true });
    await exporter.send([fakeSpan({ name: text, attributes: { [text]: text } })], options);
    await exporter.shutdown();
    const lines: string[] = [];
    for await (const line of createInterface({ input: Readable.from(await readFile(path)) }))
      lines.push(line);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ name: text, tags: { [text]: text } });
  });

  it('writes batches that come at once one after the other', async () => {
    const path = join(folder, 'a.ndjson');
    const exporter = disk(path, { maxBytes: 2000, maxFiles: 50 });
    await Promise.all(Array.from({ length: 40 }, () => exporter.send(fakeSpans(5), options)));
    await exporter.shutdown();
    const files = await readdir(folder);
    const all = await Promise.all(files.map((name) => idsIn(join(folder, name))));
    expect(all.flat()).toHaveLength(200);
  });

  it.each([
    ['text', 'my notes\nthe last line without an end'],
    ['one line of text', 'only line'],
    ['a line longer than any of ours', `{"traceId":"${'x'.repeat(5_000_000)}`],
  ])('never cuts what is not its own: %s', async (_, before) => {
    const path = join(folder, 'mine.txt');
    await writeFile(path, before);
    const exporter = disk(path);
    await exporter.send([fakeSpan()], options);
    await exporter.shutdown();
    const after = await readFile(path, 'utf8');
    expect(after.startsWith(`${before}\n{"traceId":`)).toBe(true);
  });

  it('may be tried again when a write fails, and then writes each span once', async () => {
    const path = join(folder, 'sub', 'a.ndjson');
    const exporter = disk(path);
    await rm(join(folder, 'sub'), { recursive: true });
    await writeFile(join(folder, 'sub'), '');
    await expect(exporter.send(fakeSpans(1), options)).rejects.toMatchObject({ name: 'RetryableError' });
    await rm(join(folder, 'sub'));
    await exporter.send(fakeSpans(1), options);
    await exporter.shutdown();
    expect(await idsIn(path)).toEqual(['1']);
  });

  it.each(['file', 'folder'])('begins anew when its %s has been deleted', async (what) => {
    const path = join(folder, 'sub', 'a.ndjson');
    const exporter = disk(path);
    await exporter.send(fakeSpans(1), options);
    await rm(what === 'file' ? path : join(folder, 'sub'), { recursive: true });
    await exporter.send(fakeSpans(2), options);
    await exporter.shutdown();
    expect(await idsIn(path)).toEqual(['1', '2']);
  });

  it('goes on where it should after its file has been moved away and another put there', async () => {
    const path = join(folder, 'a.ndjson');
    const exporter = disk(path);
    await exporter.send(fakeSpans(1), options);
    await rename(path, join(folder, 'old'));
    await writeFile(path, '{"id":"other"}\n');
    await exporter.send(fakeSpans(2), options);
    await exporter.shutdown();
    expect(await idsIn(path)).toEqual(['other', '1', '2']);
    expect(await idsIn(join(folder, 'old'))).toEqual(['1']);
  });

  it('makes its folder anew when it vanished before the next file was begun', async () => {
    const path = join(folder, 'sub', 'a.ndjson');
    const exporter = disk(path, { maxBytes: 10 });
    await exporter.send(fakeSpans(1), options);
    await rm(join(folder, 'sub'), { recursive: true });
    for (const span of fakeSpans(3)) await exporter.send([span], options);
    await exporter.shutdown();
    expect(await idsIn(path)).toEqual(['3']);
  });

  it('drops a bad span alone, and tells', async () => {
    const path = join(folder, 'a.ndjson');
    const dropped: string[] = [];
    const exporter = disk(path);
    const bad = fakeSpan({ id: '00000000000000bb', startTime: [Number.NaN, 0] });
    await exporter.send([...fakeSpans(1), bad, fakeSpan()], {
      ...options,
      onDropped: (spans, reason) => dropped.push(`${spans[0]!.spanContext().spanId}: ${reason}`),
    });
    await exporter.shutdown();
    expect(await idsIn(path)).toEqual(['1', 'b1']);
    expect(dropped).toEqual(['00000000000000bb: it cannot be written: the span has no start time']);
  });

  it('writes megabytes in several steps and says of each span when it is written', async () => {
    const path = join(folder, 'a.ndjson');
    const exporter = disk(path);
    const spans = fakeSpans(12).map((span) => ({ ...span, attributes: { text: 'x'.repeat(1_000_000) } }));
    const steps: number[] = [];
    await exporter.send(spans, { ...options, onSent: (sent) => steps.push(sent.length) });
    await exporter.shutdown();
    expect(steps).toEqual([4, 4, 4]);
    expect(await idsIn(path)).toHaveLength(12);
  });

  it.skipIf(isWindows)('refuses a pipe, for a write to it may never end', () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(() => disk(path)).toThrow(expect.objectContaining({ code: 'DT_ERR_EXPORTER_ARGUMENT' }));
  });

  it.each([
    ['an empty path', () => ''],
    ['a zero byte', () => 'a\0b'],
    ['a name that is too long', () => 'a'.repeat(5000)],
    ['a folder where nobody can make one', () => '/proc/nope/x'],
    ['a file in the place of a folder', () => join(folder, 'file', 'spans.ndjson')],
    ['a file written like a folder', () => `${join(folder, 'file')}/`],
  ])('refuses %s at once', async (_, path) => {
    await writeFile(join(folder, 'file'), '');
    expect(() => disk(path())).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_EXPORTER_ARGUMENT',
        message: expect.stringContaining('disk needs a file') as string,
      }),
    );
  });

  it('does not write a batch whose time is over', async () => {
    const path = join(folder, 'a.ndjson');
    const exporter = disk(path);
    await expect(
      exporter.send(fakeSpans(1), { signal: AbortSignal.abort(new Error('late')) }),
    ).rejects.toThrow('late');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('LineFile', () => {
  // Not by `disk` with a small limit: a mistake there would move /dev/null away.
  it.skipIf(isWindows)('writes to a device, which has no size and so is never put aside', async () => {
    const file = await LineFile.open('/dev/null');
    await file.append(Buffer.from('{}\n'), { fsync: true });
    expect([file.size, await file.isAt('/dev/null')]).toEqual([0, true]);
    await file.close();
  });

  it('cuts back to whole lines when it finds bytes of a failed write at the next start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'distrace-line-'));
    const path = join(folder, 'a');
    const file = await LineFile.open(path);
    await file.append(Buffer.from('{}\n'), { fsync: false });
    await appendFile(path, '{"traceId":"torn');
    await file.close();
    const again = await LineFile.open(path);
    expect(again.size).toBe(3);
    await again.close();
    expect(await readFile(path, 'utf8')).toBe('{}\n');
    await rm(folder, { recursive: true });
  });
});
