/** The thesis' string form of an exporter, taken apart. */
export interface ExporterSpec {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * Parses `name(first, second)`, `name()` or a bare `name`; undefined if the text is none of them. Arguments stand
 * between commas as they are, without quotes, and lose the blanks around them; a URL or a path with blanks or
 * brackets in it is fine, one with a comma is not.
 */
export function parseExporterSpec(text: string): ExporterSpec | undefined {
  const match = /^([A-Za-z][\w.-]*)(?:\s*\((.*)\))?$/s.exec(text.trim());
  if (match === null) return undefined;
  const inside = (match[2] ?? '').trim();
  return { name: match[1]!, args: inside === '' ? [] : inside.split(',').map((argument) => argument.trim()) };
}
