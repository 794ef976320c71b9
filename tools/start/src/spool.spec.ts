import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSpool, readSpool } from './spool.ts';

const line = (traceId: string, id: string) => `${JSON.stringify({ traceId, id })}\n`;

describe('the spool', () => {
  it('leaves a torn last line for the next read', () => {
    const text = line('a', '1') + line('a', '2').slice(0, -1);
    expect(parseSpool(text, 'f').spans.map(({ id }) => id)).toEqual(['1']);
    expect(parseSpool(`${text}\n`, 'f').spans.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('names whole lines that are no span and reads the rest', () => {
    const { spans, damaged } = parseSpool(`nonsense\n\n[]\n${line('a', '1')}`, 'client.ndjson');
    expect(spans).toHaveLength(1);
    expect(damaged).toEqual(['client.ndjson:1', 'client.ndjson:3']);
  });

  it('reads all files of the folder, rotated ones too, and keeps one trace', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'distrace-spool-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const full = '00000000000000000000000000000abc';
    await writeFile(join(folder, 'client.ndjson'), line(full, '1') + line('def', '2'));
    await writeFile(join(folder, 'client.ndjson.1'), line(full.slice(16), '3'));
    await writeFile(join(folder, 'executor.1.ndjson'), line(full, '4'));
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    expect((await readSpool(folder, full)).spans.map(({ id }) => id).toSorted()).toEqual(['1', '3', '4']);
  });

  it('is empty before anybody wrote', async () => {
    expect(await readSpool(join(tmpdir(), 'distrace-none'), 'a')).toEqual({ spans: [], damaged: [] });
  });
});
