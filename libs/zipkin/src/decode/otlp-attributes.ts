import { NumberText } from './json-text.js';
import type { Place } from './place.js';
import { isObject, NEEDS_NUMBER_TEXTS, readObject } from './read-value.js';
import type { JsonObject } from './read-value.js';

/** What an attribute holds: a string, number, boolean, list or object. */
export type AttributeValue = {};

/** The attributes of a span, event or resource by key. Of one key the later counts; without a value there is none. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

const NONE: Attributes = new Map();

/** Reads a list of attributes. `list` is its path, for errors. */
export function readAttributes(place: Place, list: string, value: unknown): Attributes {
  if (value == null) return NONE;
  if (!Array.isArray(value)) return place.fail(list, 'must be a list', value, 'send it as OTLP/JSON has it');
  const attributes = new Map<string, AttributeValue>();
  const outer = place.list;
  place.list = list;
  for (place.item = 0; place.item < value.length; place.item++) {
    const entry = readEntry(place, value[place.item]);
    if (entry) attributes.set(...entry);
  }
  place.list = outer;
  return attributes;
}

/** An attribute's value as a tag: a list or object as JSON, anything else as its text. */
export function tagText(value: AttributeValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readEntry(place: Place, value: unknown): [key: string, value: AttributeValue] | undefined {
  const { key, value: any } = readObject(place, '', value);
  if (typeof key !== 'string') return place.fail('key', 'must be a string', key, 'name the attribute');
  const read = readAnyValue(place, any);
  return read === undefined ? undefined : [key, read];
}

/** What OTLP wraps by its type. Recursion goes no deeper than the body, whose depth has a limit. */
function readAnyValue(place: Place, value: unknown): AttributeValue | undefined {
  if (value == null) return undefined;
  const any = readObject(place, 'value', value);
  if (any['stringValue'] != null) return expect(place, any, 'stringValue', 'string');
  if (any['boolValue'] != null) return expect(place, any, 'boolValue', 'boolean');
  if (any['intValue'] != null) return readInteger(place, any['intValue']);
  if (any['doubleValue'] != null) return readDouble(place, any['doubleValue']);
  if (any['bytesValue'] != null) return expect(place, any, 'bytesValue', 'string');
  if (any['arrayValue'] != null)
    return valuesOf(place, any, 'arrayValue').map((item) => readAnyValue(place, item) ?? null);
  if (any['kvlistValue'] != null) {
    return Object.fromEntries(
      valuesOf(place, any, 'kvlistValue').flatMap((item) => {
        const entry = readEntry(place, item);
        return entry ? [entry] : [];
      }),
    );
  }
  return undefined;
}

function expect(place: Place, any: JsonObject, field: string, type: 'string' | 'boolean'): AttributeValue {
  const value = any[field];
  if (typeof value === type) return value as AttributeValue;
  return place.fail(`value.${field}`, `must be a ${type}`, value, 'send it as OTLP/JSON has it');
}

function valuesOf(place: Place, any: JsonObject, field: string): readonly unknown[] {
  const list = any[field];
  const values = isObject(list) ? (list['values'] ?? []) : undefined;
  if (Array.isArray(values)) return values as readonly unknown[];
  return place.fail(
    `value.${field}`,
    'must be an object with the list "values"',
    list,
    'send it as OTLP/JSON has it',
  );
}

/** A 64-bit integer: a string or a number. One beyond 2^53 stays the text that it came as. */
function readInteger(place: Place, value: unknown): AttributeValue {
  const text = value instanceof NumberText ? value.text : value;
  if (typeof text === 'number') {
    if (!Number.isSafeInteger(text)) throw NEEDS_NUMBER_TEXTS;
    return text;
  }
  if (typeof text !== 'string' || !Number.isInteger(Number(text)) || text.trim() === '') {
    return place.fail('value.intValue', 'must be a whole number', text, 'send it as OTLP/JSON has it');
  }
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** A double: a number, or a string such as `NaN` and `-Infinity`, for which JSON has no number. */
function readDouble(place: Place, value: unknown): AttributeValue {
  if (typeof value === 'number') return value;
  if (value instanceof NumberText) return value.value;
  if (typeof value === 'string' && value.trim() !== '' && (value === 'NaN' || !Number.isNaN(Number(value)))) {
    return Number(value);
  }
  return place.fail('value.doubleValue', 'must be a number', value, 'send it as OTLP/JSON has it');
}
