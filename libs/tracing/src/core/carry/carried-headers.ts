import { Carried, MAX_CARRIED_ANNOTATION_BYTES, MAX_CARRIED_FLAGS, MAX_FLAG_LENGTH } from './carried.js';

/** Header of the flags: comma-separated, each percent-encoded. */
export const FLAGS_HEADER = 'distrace-flags';
/** Header of the carried binary annotations: one JSON object, ASCII only. */
export const ANNOTATIONS_HEADER = 'distrace-annotations';

const NON_ASCII = /[^\u0020-\u007e]/g;

/** The flags as a header value; undefined when there are none. */
export function encodeFlags(carried: Carried): string | undefined {
  const flags = carried.flags;
  return flags.length === 0 ? undefined : flags.map(encodeFlag).join(',');
}

/** The carried annotations as a header value; undefined when there are none. */
export function encodeAnnotations(carried: Carried): string | undefined {
  if (carried.annotations.size === 0) return undefined;
  // Header values pass through clients of every kind: escape what is not ASCII, JSON reads it back.
  return JSON.stringify(Object.fromEntries(carried.annotations)).replace(
    NON_ASCII,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Reads both headers; anything malformed or over the caps is left out, nothing is thrown. */
export function decodeCarried(flags: string | undefined, annotations: string | undefined): Carried {
  const carried = new Carried();
  if (flags !== undefined && flags.length <= MAX_CARRIED_FLAGS * (MAX_FLAG_LENGTH * 3 + 1)) {
    for (const part of flags.split(',')) {
      const flag = decodeFlag(part.trim());
      if (flag !== undefined) carried.addFlag(flag);
    }
  }
  for (const [key, value] of parseObject(annotations)) {
    if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
      carried.setAnnotation(key, value as string | boolean | number);
    }
  }
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

function parseObject(text: string | undefined): [string, unknown][] {
  // Escapes make a header up to six times longer than what it says.
  if (text === undefined || text.length > MAX_CARRIED_ANNOTATION_BYTES * 6) return [];
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  } catch {
    return [];
  }
}
