/** One line of a service file that names something. */
export interface ServiceLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The entries of a service file, one a line. `#` starts a comment at the start of a line or after a space, so that
 * `./dist/file.js#exportName` is none. Blank lines are skipped.
 */
export function parseServiceFile(text: string): readonly ServiceLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line.replace(/(?:^|\s)#.*$/, '').trim(), line: i + 1 }))
    .filter((entry) => entry.text !== '');
}

/** Where an entry points. */
export type ServiceReference =
  /** `./dist/file.js#exportName`; `default` without a name. */
  | { readonly path: string; readonly exportName: string }
  /** A class name, found in the package's main export. */
  | { readonly exportName: string };

const NAME = /^[$_\p{ID_Start}][$\p{ID_Continue}]*$/u;

/** Reads one entry; undefined where it is neither a path nor a name. */
export function parseReference(text: string): ServiceReference | undefined {
  if (NAME.test(text)) return { exportName: text };
  const [path = '', exportName = 'default', ...rest] = text.split('#');
  const inside = path.startsWith('./') && !path.split('/').includes('..') && !path.endsWith('/');
  return inside && rest.length === 0 && !/[\s\\]/.test(path) && NAME.test(exportName)
    ? { path, exportName }
    : undefined;
}
