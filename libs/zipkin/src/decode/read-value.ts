import { NumberText } from './json-text.js';
import type { Place } from './place.js';

/** Thrown when a number stands for a text: the body must be parsed again with the texts of its numbers. */
export const NEEDS_NUMBER_TEXTS = Symbol('needs number texts');

/** An object of a parsed body. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object: no list, no number with its text. */
export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  );
}

/** The value as an object. */
export function readObject(place: Place, field: string, value: unknown): JsonObject {
  if (isObject(value)) return value;
  return place.fail(field, 'must be an object', value, 'correct it or leave it out');
}

/** The value as a list. */
export function readList(place: Place, field: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return place.fail(field, 'must be a list', value, 'correct it or leave it out');
}

/** The value as text. A number is taken as it was written, as Zipkin does. */
export function readText(place: Place, field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof NumberText) return value.text;
  if (typeof value === 'number') throw NEEDS_NUMBER_TEXTS;
  return place.fail(field, 'must be a string', value, 'write it as a string');
}

/** The value as a boolean. */
export function readBoolean(place: Place, field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  return place.fail(field, 'must be true or false', value, 'write it without quotes, or leave it out');
}

/** The value as a whole number of 64 bits; also a string of one, and 1.5e15. A double beyond 2^53 is as near as
 * numbers get here. */
export function readLong(place: Place, field: string, value: unknown): number {
  const number = numberOf(value);
  // 2^63 itself: Java's largest long is that as a double.
  if (Number.isInteger(number) && Math.abs(number) <= 2 ** 63) return number === 0 ? 0 : number;
  return place.fail(
    field,
    'must be a whole number of microseconds, less than 2^63',
    plainNumber(value),
    'round it; milliseconds times 1000',
  );
}

/** The value as a port: undefined for none, which 0 and less stand for. */
export function readPort(place: Place, field: string, value: unknown): number | undefined {
  const number = numberOf(value);
  if (Number.isInteger(number) && number >= -(2 ** 31) && number <= 65_535)
    return number > 0 ? number : undefined;
  return place.fail(
    field,
    'must be a whole number from 0 to 65535',
    plainNumber(value),
    'correct it or leave it out',
  );
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value instanceof NumberText) return value.value;
  return typeof value === 'string' ? numberIn(value) : Number.NaN;
}

const NUMBER_IN_STRING = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?[fd]?$/i;

/** A number in a string as Java reads it: blanks around it and a type suffix do not matter. */
function numberIn(text: string): number {
  const trimmed = text.trim();
  return NUMBER_IN_STRING.test(trimmed) ? Number(trimmed.replace(/[fd]$/i, '')) : Number.NaN;
}

/** The value, a number without its text. */
export function plainNumber(value: unknown): unknown {
  return value instanceof NumberText ? value.value : value;
}
