/** What a buffer has at first, and how much of it is kept for the next batch. */
const FIRST_BYTES = 64 * 1024;
const MAX_SPARE_BYTES = 1024 * 1024;

const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;

/**
 * Text as UTF-8, written piece by piece at the end. Built as one long JavaScript string the same text costs twice
 * the time: strings of many pieces are trees, which have to be copied flat and then encoded.
 */
export class ByteBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** What the buffer could hold without growing. */
  get capacity(): number {
    return this.#bytes.byteLength;
  }

  /** The bytes from `start` to `end`, not copied: the next write may change them. */
  view(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end);
  }

  /** Forgets what was written beyond `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Moves what was written from `start` on to the beginning and forgets what was before. */
  dropBefore(start: number): void {
    this.#bytes.copyWithin(0, start, this.#length);
    this.#length -= start;
  }

  /** One byte. */
  put(byte: number): void {
    if (this.#length === this.#bytes.byteLength) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Bytes that somebody has written before. */
  putBytes(bytes: Uint8Array): void {
    const end = this.#length + bytes.byteLength;
    if (end > this.#bytes.byteLength) this.#grow(bytes.byteLength);
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }

  /** Text as it is. */
  putText(text: string): void {
    const most = text.length * 3;
    if (this.#length + most > this.#bytes.byteLength) this.#grow(most);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Printable ASCII and a quote behind it, if JSON needs no escape for it; else nothing is written. */
  putPlain(text: string): boolean {
    const most = text.length * 3 + 1;
    if (this.#length + most > this.#bytes.byteLength) this.#grow(most);
    const bytes = this.#bytes;
    const end = this.#length + bytes.write(text, this.#length);
    for (let at = this.#length; at < end; at++) {
      const byte = bytes[at]!;
      if (byte < 32 || byte > 126 || byte === QUOTE || byte === BACKSLASH) return false;
    }
    bytes[end] = QUOTE;
    this.#length = end + 1;
    return true;
  }

  /** A whole number from 0 to 999,999,999. */
  putDigits(value: number): void {
    let count = 1;
    for (let bound = 10; bound <= value; bound *= 10) count++;
    if (this.#length + count > this.#bytes.byteLength) this.#grow(count);
    const start = this.#length;
    this.#length += count;
    this.replaceDigits(start, value, count);
  }

  /** Changes a byte that has been written. */
  replace(at: number, byte: number): void {
    this.#bytes[at] = byte;
  }

  /** Puts so many digits of a whole number below 2^31 over what has been written. */
  replaceDigits(start: number, value: number, count: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (let at = start + count - 1; at >= start; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
  }

  /** Puts a text over what has been written. False if it is not so many lower-case hexadecimal digits, or all are
   * zero; what stands there is then of no use. */
  replaceHex(start: number, digits: string, count: number): boolean {
    const bytes = this.#bytes;
    if (digits.length !== count || bytes.write(digits, start) !== count) return false;
    let all = 0;
    let isHex = true;
    for (let at = start; at < start + count; at++) {
      const value = HEX_VALUES[bytes[at]!]!;
      isHex &&= value !== NO_HEX;
      all |= value;
    }
    return isHex && all !== 0;
  }

  /** Whether so many bytes are all the same. */
  isFilledWith(start: number, byte: number, count: number): boolean {
    for (let at = start; at < start + count; at++) if (this.#bytes[at] !== byte) return false;
    return true;
  }

  #grow(count: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#length + count, this.#bytes.byteLength * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/** Keeps one buffer from batch to batch: getting memory for each costs as much as sending it. */
export class SpareBuffer {
  #spare: ByteBuffer | undefined;

  /** An empty buffer. */
  take(): ByteBuffer {
    const buffer = this.#spare ?? new ByteBuffer();
    this.#spare = undefined;
    buffer.truncate(0);
    return buffer;
  }

  /** For the next one who asks. Only for a buffer that nobody reads any more. */
  giveBack(buffer: ByteBuffer): void {
    if (buffer.capacity <= MAX_SPARE_BYTES) this.#spare = buffer;
  }
}

const NO_HEX = 128;
const HEX_VALUES = new Uint8Array(256).fill(NO_HEX);
for (let value = 0; value < 16; value++) HEX_VALUES[value.toString(16).codePointAt(0)!] = value;
