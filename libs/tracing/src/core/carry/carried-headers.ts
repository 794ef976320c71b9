import { parseJson } from '../parse-json.js';
import { Carried, MAX_CARRIED_ANNOTATION_BYTES, MAX_CARRIED_FLAGS, MAX_FLAG_LENGTH } from './carried.js';
import type { BinaryValue } from './carried.js';

/** Header of the flags: comma-separated, each percent-encoded. */
export const FLAGS_HEADER = 'distrace-flags';
/** Header of the carried binary annotations: one JSON object, ASCII only. */
export const ANNOTATIONS_HEADER = 'distrace-annotations';

const NON_ASCII = /[^\u0020-\u007e]/g;

/** The parts of a Carried are never changed in place: what was spelt out for one stands for all its copies. */
const spelt = new WeakMap<object, string>();

/** The flags as a header value; undefined when there are none. */
export function encodeFlags({ flags }: Carried): string | undefined {
  return flags.size === 0 ? undefined : once(flags, () => Array.from(flags, encodeFlag).join(','));
}

/** The carried annotations as a header value; undefined when there are none. */
export function encodeAnnotations({ annotations }: Carried): string | undefined {
  if (annotations.size === 0) return undefined;
  // Header values pass through clients of every kind: escape what is not ASCII, JSON reads it back.
  return once(annotations, () =>
    JSON.stringify(Object.fromEntries(annotations)).replace(
      NON_ASCII,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

function once(part: object, spell: () => string): string {
  const known = spelt.get(part);
  if (known !== undefined) return known;
  const text = spell();
  spelt.set(part, text);
  return text;
}

/** Reads both headers; anything malformed or over the caps is left out, nothing is thrown. */
export function decodeCarried(flags: string | undefined, annotations: string | undefined): Carried {
  const carried = new Carried();
  // Percent-encoding makes nine characters of one that takes three bytes.
  if (flags !== undefined && flags.length <= MAX_CARRIED_FLAGS * (MAX_FLAG_LENGTH * 9 + 1)) {
    for (const part of flags.split(',')) {
      const flag = decodeFlag(part.trim());
      if (flag !== undefined) carried.addFlag(flag);
    }
  }
  const entries = parseObject(annotations).filter(isAnnotation);
  if (entries.length > 0) carried.setAnnotations(entries);
  return carried;
}

function encodeFlag(flag: string): string {
  // A lone surrogate makes encodeURIComponent throw.
  return encodeURIComponent(flag.toWellFormed());
}

function decodeFlag(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isAnnotation(entry: [string, unknown]): entry is [string, BinaryValue] {
  const [, value] = entry;
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function parseObject(text: string | undefined): [string, unknown][] {
  // Escapes make a header up to six times longer than what it says.
  if (text === undefined || text.length > MAX_CARRIED_ANNOTATION_BYTES * 6) return [];
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
