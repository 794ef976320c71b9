import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOut, readTaskText } from './task-text.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'distrace-text-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'task.txt');
  await writeFile(path, content);
  return path;
}

describe('the text of the task', () => {
  it('is a sample of a few hundred words when no file is given', async () => {
    const words = (await readTaskText(undefined)).split(/\s+/).length;
    expect(words).toBeGreaterThan(200);
    expect(words).toBeLessThan(600);
  });

  it('is the whole file', async () => {
    expect(await readTaskText(await file('zwei Wörter\n'))).toBe('zwei Wörter\n');
    expect(await readTaskText(await file('12345'), { maxBytes: 5 })).toBe('12345');
  });

  it.each([
    ['an empty file', '', 'is empty'],
    ['white space', ' \n\t', 'holds only white space'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00]), 'is not UTF-8'],
    ['more than fits in a task', '123456', 'has 6. Give a shorter text'],
  ])('is not %s', async (_what, content, reason) => {
    await expect(readTaskText(await file(content), { maxBytes: 5 })).rejects.toThrow(reason);
  });

  it('is not a folder, nor a file that is not there', async () => {
    await expect(readTaskText(folder)).rejects.toThrow('is not a file');
    await expect(readTaskText(join(folder, 'none'))).rejects.toMatchObject({
      code: 'DT_ERR_START_FILE',
      exitCode: 1,
    });
  });
});

describe('the place of the trace', () => {
  it('is a file in a folder that exists', async () => {
    await expect(checkOut(undefined)).resolves.toBeUndefined();
    await expect(checkOut(join(folder, 'trace.json'))).resolves.toBeUndefined();
    await expect(checkOut('trace.json')).resolves.toBeUndefined();
    await expect(checkOut(folder)).rejects.toThrow('is a folder');
    await expect(checkOut(join(folder, 'none/trace.json'))).rejects.toThrow(
      `there is no folder ${folder}/none`,
    );
  });
});
