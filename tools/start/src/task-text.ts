import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, StartError } from './errors.ts';

/** The largest task, in bytes: what the client accepts, since one message carries the whole text. */
export const MAX_TASK_BYTES = 2 * 1_024 * 1_024;

/** The text of the task: that of `path`, or the built-in sample. Throws DT_ERR_START_FILE. */
export async function readTaskText(
  path: string | undefined,
  { maxBytes = MAX_TASK_BYTES }: { readonly maxBytes?: number } = {},
): Promise<string> {
  const bytes = await readBytes(path ?? join(import.meta.dirname, 'sample.txt'), maxBytes);
  const refuse = (came: string) =>
    new StartError(
      'DT_ERR_START_FILE',
      `--file takes a UTF-8 text with at least one word, but ${path} ${came}. Give another file.`,
    );
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('is not UTF-8');
  }
  if (text.trim() === '') throw refuse(bytes.length === 0 ? 'is empty' : 'holds only white space');
  return text;
}

async function readBytes(path: string, maxBytes: number): Promise<Uint8Array> {
  const refuse = (came: string, cause?: unknown) =>
    new StartError(
      'DT_ERR_START_FILE',
      `--file takes a readable file of up to ${maxBytes} bytes, but ${came}.`,
      {
        cause,
      },
    );
  const found = await stat(path).catch((cause: unknown) => {
    throw refuse(`${path} cannot be read (${messageOf(cause)}). Check the path`, cause);
  });
  if (!found.isFile()) throw refuse(`${path} is not a file. Give the path of a text file`);
  if (found.size > maxBytes) throw refuse(`${path} has ${found.size}. Give a shorter text`);
  return readFile(path).catch((cause: unknown) => {
    throw refuse(`${path} cannot be read (${messageOf(cause)}). Check its permissions`, cause);
  });
}

/** Fails before anything is started when the trace could not be written at the end. Throws DT_ERR_START_OUT. */
export async function checkOut(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  if (await isFolder(path)) throw outRefusal(`${path} is a folder`);
  if (!(await isFolder(dirname(path)))) throw outRefusal(`there is no folder ${dirname(path)}`);
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

const outRefusal = (came: string) =>
  new StartError(
    'DT_ERR_START_OUT',
    `--out takes the path of a file in a folder that exists, but ${came}. Make the folder or give another path.`,
  );
