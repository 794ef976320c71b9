import { posix } from 'node:path';
import { importsOf } from './imports.ts';
import type { Import } from './imports.ts';
import { parsePackage, targetOf } from './packages.ts';
import type { Package, SourceFile } from './packages.ts';
import { allowanceOf, mayImport, roomOf, rooms } from './rooms.ts';
import type { Room } from './rooms.ts';

/** One import that the table does not allow. */
export interface Violation {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly code:
    | 'DT_ERR_IMPORT_ROOM'
    | 'DT_ERR_IMPORT_FORBIDDEN'
    | 'DT_ERR_IMPORT_UNDECLARED'
    | 'DT_ERR_IMPORT_PATH'
    | 'DT_ERR_IMPORT_NO_ROW'
    | 'DT_ERR_IMPORT_UNREADABLE';
  /** The rule, what came, what to do. */
  readonly message: string;
}

interface Place {
  readonly file: SourceFile;
  readonly room: Room;
  readonly own: Package;
  readonly isSpec: boolean;
  /** May use devDependencies: specs, configuration beside `src`, and rooms that are never installed. */
  readonly isDev: boolean;
}

interface Workspace {
  readonly root: Package | undefined;
  readonly packages: readonly Package[];
  readonly table: readonly Room[];
}

type Found = Pick<Violation, 'code' | 'message'> | undefined;

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const SPEC = /\.(?:spec|e2e-spec|test|bench)\.[cm]?[jt]sx?$/;
/** What specs share. In a package that is installed by others it is part of what they get. */
const TEST_HELP = /\/src\/testing(?:\/|\.[cm]?ts$)/;
/** Folders that no package offers as its interface; a path through one is a reach behind the door. */
const INSIDE = /(?:^|\/)(?:dist|build|lib|src|internal)\//;

const ruleOfRoom = (place: Place) => `${place.room.name} may import ${allowanceOf(place.room, place.isSpec)}`;

function checkRelative(place: Place, { specifier }: Import, workspace: Workspace): Found {
  const target = posix.normalize(posix.join(posix.dirname(place.file.path), specifier));
  const inside = !specifier.startsWith('/') && `${target}/`.startsWith(`${place.own.folder}/`);
  if (!inside) {
    return {
      code: 'DT_ERR_IMPORT_PATH',
      message: `a relative import stays inside its package, got '${specifier}'; import the package by its name`,
    };
  }
  const to = roomOf(target, workspace.table);
  if (to === undefined || mayImport(place.room, to, place.isSpec)) return undefined;
  return {
    code: 'DT_ERR_IMPORT_ROOM',
    message: `${ruleOfRoom(place)}, got '${specifier}' (${to.name}); move what is shared to a room that both may import`,
  };
}

function checkWorkspace(
  place: Place,
  specifier: string,
  entry: string,
  target: Package,
  table: readonly Room[],
): Found {
  const bare = entry === '.' ? '' : entry.slice(1);
  const to = roomOf(`${target.folder}/src${bare}`, table) ?? roomOf(target.folder, table);
  if (to === undefined || !mayImport(place.room, to, place.isSpec)) {
    return {
      code: 'DT_ERR_IMPORT_ROOM',
      message: `${ruleOfRoom(place)}, got '${specifier}'; move the code, or change the table in tools/check/src/rooms.ts with an ADR`,
    };
  }
  if (target.exports.includes(entry)) return undefined;
  return {
    code: 'DT_ERR_IMPORT_PATH',
    message: `${target.name} is entered by what its package.json exports (${target.exports.join(', ')}), got '${specifier}'; import one of those`,
  };
}

function checkNode(place: Place, specifier: string): Found {
  if (place.room.nodeModules !== false || place.isSpec) return undefined;
  return {
    code: 'DT_ERR_IMPORT_FORBIDDEN',
    message: `${place.room.name} imports no module of Node (it runs in a browser), got '${specifier}'; pass it in from the caller`,
  };
}

const matches = (pattern: string, name: string) =>
  pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

function checkExternal(place: Place, specifier: string, name: string, entry: string): Found {
  const { room } = place;
  if (room.never?.some((pattern) => matches(pattern, name))) {
    return {
      code: 'DT_ERR_IMPORT_FORBIDDEN',
      message: `${room.name} never imports ${room.never.join(' or ')}, got '${specifier}'; do it in the room above`,
    };
  }
  if (room.packages === 'none' && !place.isDev) {
    return {
      code: 'DT_ERR_IMPORT_FORBIDDEN',
      message: `${room.name} imports no npm package, got '${specifier}'; write it here or do it in the room above`,
    };
  }
  if (!INSIDE.test(`${entry}/`.replace(/^\.\//, ''))) return undefined;
  return {
    code: 'DT_ERR_IMPORT_PATH',
    message: `a package is entered by its public entries, got '${specifier}'; import '${name}'`,
  };
}

function checkDeclared(place: Place, found: Import, name: string, root: Package | undefined): Found {
  const { own } = place;
  const wanted = found.typeOnly ? [name, `@types/${name.replace(/^@/, '').replace('/', '__')}`] : [name];
  const mayBeDev = place.isDev || place.room.isBundled === true;
  const lists = mayBeDev
    ? [own.dependencies, own.devDependencies, ...(root ? [root.dependencies, root.devDependencies] : [])]
    : [own.dependencies];
  if (name === own.name || wanted.some((one) => lists.some((list) => list.has(one)))) return undefined;
  const where = mayBeDev ? 'dependencies or devDependencies' : 'dependencies or peerDependencies';
  return {
    code: 'DT_ERR_IMPORT_UNDECLARED',
    message: `a package imports only what its package.json declares, got '${found.specifier}'; add ${name} to ${where} of ${own.folder}/package.json`,
  };
}

function checkImport(place: Place, found: Import, workspace: Workspace): readonly Found[] {
  const target = targetOf(found.specifier);
  if (target.kind === 'relative') return [checkRelative(place, found, workspace)];
  if (target.kind === 'own-map') return [];
  if (target.kind === 'node') return [checkNode(place, found.specifier)];
  const { name, entry } = target;
  const neighbour = workspace.packages.find((one) => one.name === name);
  const rule = neighbour
    ? checkWorkspace(place, found.specifier, entry, neighbour, workspace.table)
    : checkExternal(place, found.specifier, name, entry);
  // One import, one message: an import that may not be there need not be declared.
  return [rule ?? checkDeclared(place, found, name, workspace.root)];
}

function checkFile(file: SourceFile, workspace: Workspace): readonly Violation[] {
  const at = (line: number, found: NonNullable<Found>): Violation => ({ file: file.path, line, ...found });
  const own = workspace.packages.find((one) => file.path.startsWith(`${one.folder}/`));
  const room = roomOf(file.path, workspace.table);
  if (own === undefined) return [];
  if (room === undefined) {
    const message = `every package has a row in tools/check/src/rooms.ts, got none for ${own.folder}; add one`;
    return [at(1, { code: 'DT_ERR_IMPORT_NO_ROW', message })];
  }
  const isSpec = SPEC.test(file.path);
  const isTestHelp = own.isPrivate && TEST_HELP.test(file.path);
  const isDev = isSpec || isTestHelp || room.kind === 'tool' || !file.path.startsWith(`${own.folder}/src/`);
  let imports: readonly Import[];
  try {
    imports = importsOf(file.path, file.text);
  } catch (cause) {
    const reason = String(cause instanceof Error ? cause.message : cause).replaceAll(/\s*\n\s*/g, ' ');
    const message = `a source file can be parsed, got: ${reason}; repair the file`;
    return [at(1, { code: 'DT_ERR_IMPORT_UNREADABLE', message })];
  }
  return imports.flatMap((found) =>
    checkImport({ file, room, own, isSpec, isDev }, found, workspace)
      .filter((one) => one !== undefined)
      .map((one) => at(found.line, one)),
  );
}

/**
 * Holds the workspace's import rules over a list of files (sources and package.json files, paths from
 * the workspace root). Returns the violations in the order of the files; reads nothing itself.
 */
export function checkImports(
  files: readonly SourceFile[],
  { table = rooms }: { readonly table?: readonly Room[] } = {},
): readonly Violation[] {
  const packages = files
    .filter(({ path }) => posix.basename(path) === 'package.json')
    .map((file) => parsePackage(file));
  const workspace: Workspace = {
    root: packages.find((one) => one.folder === ''),
    packages: packages
      .filter((one) => one.folder !== '')
      .toSorted((a, b) => b.folder.length - a.folder.length),
    table,
  };
  return files.filter(({ path }) => SOURCE.test(path)).flatMap((file) => checkFile(file, workspace));
}

/** One line for a person or an editor: `file:line code rule, what came; what to do`. */
export function formatViolation({ file, line, code, message }: Violation): string {
  return `${file}:${line} ${code} ${message}`;
}
