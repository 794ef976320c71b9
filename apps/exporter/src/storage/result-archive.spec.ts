import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultArchive } from './result-archive.js';
import { ResultDatabase } from './result-database.js';

const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
const result = {
  id,
  words: 2,
  uniqueWords: 2,
  longestWord: 'été',
  chunks: 2,
  topWords: [['été', 1]],
} as const;

let folder: string;
let archive: ResultArchive;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-'));
  archive = new ResultArchive(join(folder, 'data'));
});
afterEach(() => {
  archive.onApplicationShutdown();
  rmSync(folder, { recursive: true, force: true });
});

const fileOf = (taskId: string) => join(folder, 'data', 'results', `${taskId}.json`);

describe('ResultArchive', () => {
  it('saves a result as a row and as a file', async () => {
    expect(archive.insert(result)).toEqual(result);
    await archive.writeFile(result);
    const database = new ResultDatabase(join(folder, 'data'));
    expect(database.find(id)).toEqual(result);
    database.close();
    expect(JSON.parse(readFileSync(fileOf(id), 'utf8'))).toEqual(result);
  });

  it('keeps the first result of a task', () => {
    archive.insert(result);
    expect(archive.insert({ ...result, words: 99 })).toEqual(result);
  });

  it('replaces a file that is there, and leaves no temporary one', async () => {
    await archive.writeFile(result);
    writeFileSync(fileOf(id), 'half of a fi');
    await archive.writeFile(result);
    expect(JSON.parse(readFileSync(fileOf(id), 'utf8'))).toEqual(result);
    expect(readdirSync(join(folder, 'data', 'results'))).toEqual([`${id}.json`]);
  });

  it('removes at its start what an earlier run left half written, and nothing else', async () => {
    await archive.onModuleInit();
    await archive.writeFile(result);
    const results = join(folder, 'data', 'results');
    const left = `${id}.json.9b2e7b2a-0a4e-4d6b-8a2f-0d7c3c1f5e6a.tmp`;
    const others = [`${id}.tmp`, `x${left}`, `${left}.txt`, 'notes.json.tmp'];
    const young = left.replace('.9', '.8');
    for (const name of [left, young, ...others]) writeFileSync(join(results, name), '{');
    for (const name of [left, ...others]) utimesSync(join(results, name), 1000, 1000);
    const outside = join(folder, 'data', left);
    writeFileSync(outside, '{');
    utimesSync(outside, 1000, 1000);
    mkdirSync(join(results, left.replace('.9', '.7')));
    await archive.onModuleInit();
    expect(readdirSync(results).toSorted()).toEqual(
      [`${id}.json`, young, left.replace('.9', '.7'), ...others].toSorted(),
    );
    expect(readdirSync(join(folder, 'data'))).toContain(left);
  });

  it('never writes outside its folder', async () => {
    await expect(archive.writeFile({ ...result, id: '../../escaped' })).rejects.toThrow('UUID');
    expect(readdirSync(folder)).toEqual(['data']);
  });

  it('survives a restart', () => {
    archive.insert(result);
    archive.onApplicationShutdown();
    archive = new ResultArchive(join(folder, 'data'));
    expect(archive.insert({ ...result, words: 99 })).toEqual(result);
  });
});
