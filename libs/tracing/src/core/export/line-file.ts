import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** A file to which whole lines are appended. */
export class LineFile {
  readonly #handle: FileHandle;
  readonly #identity: Identity;
  #size: number;

  private constructor(handle: FileHandle, { identity, size }: { identity: Identity; size: number }) {
    this.#handle = handle;
    this.#identity = identity;
    this.#size = size;
  }

  /** Opens or makes the file. A last line without an end that looks like a span torn by a crash is cut off; any
   * other is ended. Throws for anything but a file or a character device. */
  static async open(path: string): Promise<LineFile> {
    const handle = await open(path, 'a+', 0o640);
    try {
      const stats = await handle.stat();
      if (!stats.isFile() && !stats.isCharacterDevice()) throw new Error('it is neither file nor terminal');
      const size = stats.isFile() ? await repairEnd(handle, stats.size) : 0;
      return new LineFile(handle, { identity: identityOf(stats), size });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Whether the path still leads to this file. */
  async isAt(path: string): Promise<boolean> {
    try {
      const { dev, ino } = await stat(path);
      return dev === this.#identity.dev && ino === this.#identity.ino;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  /** Bytes in the file; 0 for a device, which never fills up. */
  get size(): number {
    return this.#size;
  }

  /** Appends in one write. If that fails half way, the file is cut back to where it was. */
  async append(lines: Buffer, { fsync }: { readonly fsync: boolean }): Promise<void> {
    try {
      await this.#handle.appendFile(lines);
      if (fsync && !this.#identity.isDevice) await this.#handle.datasync();
    } catch (error) {
      if (!this.#identity.isDevice) await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    if (!this.#identity.isDevice) this.#size += lines.byteLength;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

interface Identity {
  readonly dev: number;
  readonly ino: number;
  readonly isDevice: boolean;
}

function identityOf(stats: Stats): Identity {
  return { dev: stats.dev, ino: stats.ino, isDevice: stats.isCharacterDevice() };
}

const CHUNK_BYTES = 64 * 1024;
/** No line of ours is longer; a longer tail is somebody else's. */
const MAX_TAIL_BYTES = 4 * 1024 * 1024 + CHUNK_BYTES;
const NEWLINE = 10;
/** How each line of ours begins. Only such a line is ours to cut: the path may be that of somebody's notes. */
const LINE_START = '{"traceId"';

async function repairEnd(handle: FileHandle, size: number): Promise<number> {
  const keep = await endOfLastLine(handle, size);
  if (keep === size) return size;
  if (keep !== undefined && (await isTornSpan(handle, keep, size))) {
    await handle.truncate(keep);
    return keep;
  }
  await handle.appendFile('\n');
  return size + 1;
}

async function isTornSpan(handle: FileHandle, start: number, end: number): Promise<boolean> {
  const tail = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(tail, 0, tail.byteLength, start);
  const text = tail.subarray(0, bytesRead).toString();
  if (!text.startsWith(LINE_START) && !LINE_START.startsWith(text)) return false;
  return !isJson(text);
}

/** The offset behind the last line end, searched from behind: the file may be long. Undefined when the last line
 * is longer than a line of ours. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number | undefined> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
  for (let end = size; end > 0;) {
    if (size - end > MAX_TAIL_BYTES) return undefined;
    const start = Math.max(0, end - chunk.byteLength);
    const { bytesRead } = await handle.read(chunk, 0, end - start, start);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
