import { isBuiltin } from 'node:module';

/** A file of the workspace, path with `/` from the workspace root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What the rules need of a package.json. */
export interface Package {
  readonly name: string;
  /** Workspace-relative folder; '' for the root. */
  readonly folder: string;
  /** Never installed by anybody. */
  readonly isPrivate: boolean;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  /** Its `exports` keys (`.`, `./core`); `.` alone when there is no such field. */
  readonly exports: readonly string[];
}

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : [];

/** Reads a package.json; throws a SyntaxError when it is not JSON. */
export function parsePackage({ path, text }: SourceFile): Package {
  const json = JSON.parse(text) as Record<string, unknown>;
  const entries = keysOf(json['exports']).filter((key) => key.startsWith('.'));
  return {
    name: typeof json['name'] === 'string' ? json['name'] : path,
    folder: path.replace(/\/?package\.json$/, ''),
    isPrivate: json['private'] === true,
    dependencies: new Set(
      [json['dependencies'], json['peerDependencies'], json['optionalDependencies']].flatMap(keysOf),
    ),
    devDependencies: new Set(keysOf(json['devDependencies'])),
    exports: entries.length > 0 ? entries : ['.'],
  };
}

/** What kind of module a specifier names. */
export type Target =
  | { readonly kind: 'relative' }
  | { readonly kind: 'own-map' }
  | { readonly kind: 'node' }
  | { readonly kind: 'package'; readonly name: string; /** `.` or `./core`. */ readonly entry: string };

/** Sorts a specifier. */
export function targetOf(specifier: string): Target {
  if (/^(\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return { kind: 'relative' };
  if (specifier.startsWith('#')) return { kind: 'own-map' };
  if (isBuiltin(specifier)) return { kind: 'node' };
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  const rest = parts.slice(length).join('/');
  return {
    kind: 'package',
    name: parts.slice(0, length).join('/'),
    entry: rest === '' ? '.' : `./${rest}`,
  };
}
