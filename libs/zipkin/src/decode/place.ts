import { NumberText } from './json-text.js';
import { harmlessText } from '../text.js';
import { ZipkinError } from '../zipkin-error.js';

/** Where in a body the reader is. Numbers that are set as it goes along: words are made of them only for an error. */
export class Place {
  /** The span, from 0; -1 outside of any. */
  index = -1;
  /** The list inside the span, such as `annotations`; empty when in none. */
  list = '';
  /** The item of that list, from 0. */
  item = 0;

  /** Refuses a value. `rule` follows the field's name: "must be …"; `advice` says what to do. */
  fail(field: string, rule: string, value: unknown, advice: string): never {
    const path = this.path(field);
    const where = [this.index < 0 ? '' : `Span ${this.index}`, path && `"${path}"`]
      .filter(Boolean)
      .join(': ');
    throw new ZipkinError('DT_ERR_SPANS_VALUE', `${where} ${rule}, got ${shown(value)}; ${advice}`, {
      index: this.index < 0 ? undefined : this.index,
      field: path || undefined,
    });
  }

  /** The full path of a field of the item that is being read; of the span when in no list. */
  path(field: string): string {
    if (this.list === '') return field;
    const item = `${this.list}[${this.item}]`;
    return field === '' ? item : `${item}.${field}`;
  }
}

const MAX_SHOWN = 80;

/** A value as an error names it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof NumberText) return value.text.slice(0, MAX_SHOWN);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const text = harmlessText(JSON.stringify(value.slice(0, MAX_SHOWN)), '\uFFFD');
  return value.length > MAX_SHOWN ? `${text} and ${value.length - MAX_SHOWN} characters more` : text;
}
