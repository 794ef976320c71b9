import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** A file to which whole lines are appended. */
export class LineFile {
  readonly #handle: FileHandle;
  #size: number;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens or makes the file. A last line without an end was torn by a crash: it is cut off, or ended if it is
   * whole JSON. */
  static async open(path: string): Promise<LineFile> {
    const handle = await open(path, 'a+', 0o640);
    try {
      return new LineFile(handle, await repairEnd(handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes in the file. */
  get size(): number {
    return this.#size;
  }

  /** Appends in one write. If that fails half way, the file is cut back to where it was. */
  async append(lines: Buffer, { fsync }: { readonly fsync: boolean }): Promise<void> {
    try {
      await this.#handle.appendFile(lines);
      if (fsync) await this.#handle.datasync();
    } catch (error) {
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size += lines.byteLength;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 10;

async function repairEnd(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const keep = await endOfLastLine(handle, size);
  if (keep === size) return size;
  const rest = Buffer.alloc(size - keep);
  await handle.read(rest, 0, rest.byteLength, keep);
  if (isJson(rest.toString())) {
    await handle.appendFile('\n');
    return size + 1;
  }
  await handle.truncate(keep);
  return keep;
}

/** The offset behind the last line end, searched from behind: the file may be long. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
  for (let end = size; end > 0;) {
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
