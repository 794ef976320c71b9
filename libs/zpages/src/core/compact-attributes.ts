import { byCodeUnits, cutText, ownText } from './text.js';
import { jsonOf } from './json-beginning.js';
import type { PlainAttribute, PlainValue } from './span-data.js';

/** How much is kept of attributes. */
export interface AttributeLimits {
  readonly maxValueLength: number;
  readonly maxAttributes: number;
}

/** A value that is longer than was kept. */
class Cut {
  readonly value: PlainValue;

  constructor(value: PlainValue) {
    this.value = value;
  }
}

/** Keys and values in turn: half the size of an object, and no key is special. */
export type CompactAttributes = readonly (PlainValue | Cut)[];

/** Of most events and links. */
export const NO_ATTRIBUTES: CompactAttributes = [];
/** The price of a key and a value, and of a text's header. */
const PAIR_BYTES = 16;
const TEXT_BYTES = 16;

/** Copies attributes, so that nothing they point into is kept; as many as `room` characters hold, and one more. */
export function compactAttributes(
  attributes: object | undefined,
  limits: AttributeLimits,
  room: number,
): CompactAttributes {
  if (attributes === undefined) return NO_ATTRIBUTES;
  const compact: (PlainValue | Cut)[] = [];
  let left = room;
  // The object is the SDK's own, with no inherited keys; Object.entries would allocate a pair for each.
  for (const key of Object.keys(attributes)) {
    if (left <= 0 || compact.length >= 2 * limits.maxAttributes) break;
    const ownKey = ownText(cutText(key, limits.maxValueLength));
    const value = compactValue((attributes as Record<string, unknown>)[key], limits.maxValueLength);
    left -= ownKey.length + lengthOf(value instanceof Cut ? value.value : value);
    compact.push(ownKey, value);
  }
  return compact.length === 0 ? NO_ATTRIBUTES : compact;
}

/** About how many characters attributes have. */
export function lengthOfAttributes(compact: CompactAttributes): number {
  let length = 0;
  for (const one of compact) length += lengthOf(one instanceof Cut ? one.value : one);
  return length;
}

/** What a value that is no text takes as one. */
const SCALAR_LENGTH = 8;

function lengthOf(value: PlainValue): number {
  if (typeof value === 'string') return value.length;
  if (!Array.isArray(value)) return SCALAR_LENGTH;
  return value.reduce((sum: number, one) => sum + 1 + lengthOf(one), 2);
}

/** How many of the attributes {@link compactAttributes} leaves out. */
export function leftOut(attributes: object | undefined, compact: CompactAttributes): number {
  return attributes === undefined ? 0 : Object.keys(attributes).length - compact.length / 2;
}

function compactValue(value: unknown, maxLength: number): PlainValue | Cut {
  switch (typeof value) {
    case 'string':
      return compactText(value, maxLength);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'undefined':
      return null;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value) && isScalarList(value, maxLength)) return compactList(value, maxLength);
      return compactText(jsonOf(value, maxLength), maxLength);
    default:
      return compactText(String(value), maxLength);
  }
}

function compactText(text: string, maxLength: number): string | Cut {
  return text.length > maxLength ? new Cut(ownText(cutText(text, maxLength))) : ownText(text);
}

/** The elements of a list share the length of one text. */
function compactList(list: readonly unknown[], maxLength: number): PlainValue | Cut {
  const kept: (string | number | boolean | null)[] = [];
  let left = maxLength;
  for (const one of list) {
    const value = typeof one === 'string' ? compactText(one, Math.max(left, 1)) : compactValue(one, left);
    const scalar = (value instanceof Cut ? value.value : value) as string | number | boolean | null;
    left -= 1 + lengthOf(scalar);
    kept.push(scalar);
    if (value instanceof Cut || (left <= 0 && kept.length < list.length)) return new Cut(kept);
  }
  return kept;
}

/** Of those elements that are kept. */
function isScalarList(list: readonly unknown[], maxLength: number): boolean {
  return list.slice(0, maxLength).every(isScalar);
}

function isScalar(value: unknown): boolean {
  return value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
}

/** As answers show them: sorted by key. */
export function plainAttributes(compact: CompactAttributes): PlainAttribute[] {
  const plain: PlainAttribute[] = [];
  for (let i = 0; i < compact.length; i += 2) {
    const key = compact[i] as string;
    const value = compact[i + 1] as PlainValue | Cut;
    plain.push(value instanceof Cut ? { key, value: value.value, cut: true } : { key, value });
  }
  return plain.toSorted((a, b) => byCodeUnits(a.key, b.key));
}

/** A high estimate: two bytes per character. */
export function bytesOfAttributes(compact: CompactAttributes): number {
  let bytes = compact.length === 0 ? 0 : 2 * TEXT_BYTES;
  for (let i = 0; i < compact.length; i += 2) {
    const value = compact[i + 1] as PlainValue | Cut;
    bytes += PAIR_BYTES + bytesOf(compact[i] as string) + bytesOf(value instanceof Cut ? value.value : value);
  }
  return bytes;
}

function bytesOf(value: PlainValue): number {
  if (typeof value === 'string') return bytesOfText(value);
  if (!Array.isArray(value)) return 0;
  return value.reduce((sum: number, one) => sum + 8 + bytesOf(one), 2 * TEXT_BYTES);
}

/** A high estimate of a text's bytes. */
export function bytesOfText(text: string): number {
  return TEXT_BYTES + 2 * text.length;
}
