import { visible } from './visible.js';

/** Markup that is ready to be sent. Only {@link markup} and {@link trusted} make it, so nothing else gets into a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template: text is escaped, markup is not, lists are joined, undefined and false are nothing. */
export type Inserted = string | number | Markup | undefined | false | readonly Inserted[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The one place where text becomes HTML, in content and in quoted attribute values alike. */
export function escapeHtml(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

/** A template whose inserted text is escaped. Attribute values in it must be quoted. */
export function markup(strings: TemplateStringsArray, ...inserted: readonly Inserted[]): Markup {
  let text = strings[0] ?? '';
  for (let i = 0; i < inserted.length; i++) text += insert(inserted[i]) + (strings[i + 1] ?? '');
  return new Markup(text);
}

function insert(value: Inserted): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeHtml(value);
  return value instanceof Markup ? value.text : value.map(insert).join('');
}

/** Markup out of a literal of this program; never for anything that came from outside. */
export function trusted(text: string): Markup {
  return new Markup(text);
}
