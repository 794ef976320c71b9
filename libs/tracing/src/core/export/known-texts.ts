import { encodeTextV2 } from '@distrace/zipkin';
import type { ByteBuffer } from './byte-buffer.js';

/** Bounds of what is kept: about a megabyte at the worst. */
const MAX_KEYS = 256;
const MAX_VALUES_PER_KEY = 16;
const MAX_LENGTH = 64;

/** So many values in a row that were not kept: the key has ids, and looking them up is no use. */
const MAX_MISSES = 64;

/** A longer text mostly has line ends to escape, and JSON.stringify is fast once it runs. */
const MAX_PLAIN = 128;

/** Such an end needs an escape, see {@link encodeTextV2}. */
const UNSAFE_END = 'yAnnotations';

const QUOTE = 34;

/** A tag's key, and values it has been seen with, as bytes. */
export class KnownKey {
  /** As the user of {@link KnownTexts} says. */
  readonly isUnusual: boolean;
  /** `,"key":"` */
  readonly #bytes: Uint8Array;
  readonly #values = new Map<string, Uint8Array>();
  #last: string | undefined;
  #lastBytes: Uint8Array = NOTHING;
  #misses = 0;

  constructor(key: string, isUnusual: boolean) {
    this.isUnusual = isUnusual;
    this.#bytes = bytesOf(`,${encodeTextV2(key)}:"`);
  }

  /** `,"key":"value"` */
  putString(value: string, to: ByteBuffer): void {
    if (value === this.#last) to.putBytes(this.#lastBytes);
    else if (value.length > MAX_LENGTH || this.#misses > MAX_MISSES) this.#write(value, to);
    else this.#putShort(value, to);
  }

  /** `,"key":"5"` */
  putNumber(value: number, to: ByteBuffer): void {
    to.putBytes(this.#bytes);
    putNumber(value, to);
    to.put(QUOTE);
  }

  #putShort(value: string, to: ByteBuffer): void {
    const known = this.#values.get(value);
    if (known !== undefined) {
      this.#last = value;
      this.#lastBytes = known;
      this.#misses = 0;
      to.putBytes(known);
      return;
    }
    const start = to.length;
    this.#write(value, to);
    if (this.#values.size >= MAX_VALUES_PER_KEY) this.#misses++;
    else this.#values.set(value, Uint8Array.from(to.view(start, to.length)));
  }

  #write(value: string, to: ByteBuffer): void {
    to.putBytes(this.#bytes);
    putStringRest(value, to);
  }
}

/** The keys that come again and again. */
export class KnownTexts {
  readonly #keys = new Map<string, KnownKey>();
  readonly #isUnusual: (key: string) => boolean;

  /** `isUnusual` is asked once for each key. */
  constructor(isUnusual: (key: string) => boolean) {
    this.#isUnusual = isUnusual;
  }

  key(key: string): KnownKey {
    return this.#keys.get(key) ?? this.#make(key);
  }

  #make(key: string): KnownKey {
    const made = new KnownKey(key, this.#isUnusual(key));
    if (this.#keys.size < MAX_KEYS && key.length <= MAX_LENGTH) this.#keys.set(key, made);
    return made;
  }
}

/** Any number as JavaScript shows it. */
export function putNumber(value: number, to: ByteBuffer): void {
  if (value >= 0 && value < 1e9 && Number.isInteger(value)) to.putDigits(value);
  else to.putText(String(value));
}

/** Any text as a JSON string without the quote that opens it. */
export function putStringRest(text: string, to: ByteBuffer): void {
  const isPlain = text.length <= MAX_PLAIN && !text.endsWith(UNSAFE_END) && to.putPlain(text);
  if (!isPlain) to.putText(encodeTextV2(text).slice(1));
}

/** The text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const NOTHING = new Uint8Array();
