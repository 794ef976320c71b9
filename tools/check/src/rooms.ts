/** The words for all rooms of one kind, so that a row need not list them. */
type RoomGroup = 'every lib' | 'every tool';

/** One row of the table "who may import whom". What a row does not name is forbidden. */
export interface Room {
  /** How messages and other rows call the room. */
  readonly name: string;
  /** Workspace-relative folder; the longest folder that holds a file is the file's room. A `*` stands for one name. */
  readonly folder: string;
  /** The rooms it may import. A room may always import itself. */
  readonly may: readonly (string | RoomGroup)[];
  /** What its specs may import beyond that. */
  readonly specsMay?: readonly string[];
  /** npm packages: those its package.json declares, or none at all. Specs may use declared ones in any case. */
  readonly packages: 'declared' | 'none';
  /** Declared packages that are still forbidden here, by name or `@scope/*`. Holds for specs too. */
  readonly never?: readonly string[];
  /** Whether Node's own modules may be imported (default yes). Specs may in any case. */
  readonly nodeModules?: boolean;
  /** Its build puts what it imports into its own files, so that devDependencies are enough. */
  readonly isBundled?: boolean;
  /** `tool` rooms run from the checkout and are never installed, so they may use devDependencies. */
  readonly kind: 'lib' | 'app' | 'tool';
}

const NEST_FREE = ['@nestjs/*', 'rxjs'] as const;

/** The table itself: ARCHITECTURE.md, "Who may import whom". */
export const rooms: readonly Room[] = [
  { name: 'zipkin', folder: 'libs/zipkin', kind: 'lib', may: [], packages: 'none', nodeModules: false },
  {
    name: 'tracing/core',
    folder: 'libs/tracing/src/core',
    kind: 'lib',
    may: ['zipkin'],
    specsMay: ['tracing/testing'],
    packages: 'declared',
    never: NEST_FREE,
  },
  {
    name: 'tracing',
    folder: 'libs/tracing',
    kind: 'lib',
    may: ['tracing/core'],
    specsMay: ['tracing/testing', 'zipkin'],
    packages: 'declared',
  },
  {
    name: 'tracing/testing',
    folder: 'libs/tracing/src/testing',
    kind: 'lib',
    may: ['tracing', 'tracing/core', 'zipkin'],
    packages: 'declared',
  },
  {
    name: 'messaging',
    folder: 'libs/messaging',
    kind: 'lib',
    may: [],
    specsMay: ['tools'],
    packages: 'declared',
  },
  { name: 'nest-server', folder: 'libs/nest-server', kind: 'lib', may: [], packages: 'declared' },
  {
    name: 'zpages/core',
    folder: 'libs/zpages/src/core',
    kind: 'lib',
    may: [],
    packages: 'declared',
    never: NEST_FREE,
  },
  { name: 'zpages', folder: 'libs/zpages', kind: 'lib', may: ['zpages/core'], packages: 'declared' },
  {
    name: 'instrumentation',
    folder: 'libs/instrumentation',
    kind: 'lib',
    may: ['tracing/core', 'instrumentation/wire', 'instrumentation/runtime'],
    packages: 'declared',
  },
  {
    name: 'instrumentation/wire',
    folder: 'libs/instrumentation/src/wire',
    kind: 'lib',
    may: [],
    specsMay: ['instrumentation'],
    packages: 'declared',
    never: NEST_FREE,
  },
  {
    name: 'instrumentation/runtime',
    folder: 'libs/instrumentation/src/runtime',
    kind: 'lib',
    may: ['instrumentation/wire'],
    packages: 'none',
  },
  // Its build puts these two into its one file: at run time the agent resolves nothing.
  {
    name: 'agent',
    folder: 'libs/agent',
    kind: 'lib',
    may: ['instrumentation/wire', 'instrumentation/runtime'],
    packages: 'none',
    isBundled: true,
  },
  { name: 'client', folder: 'apps/client', kind: 'app', may: ['every lib'], packages: 'declared' },
  { name: 'executor', folder: 'apps/executor', kind: 'app', may: ['every lib'], packages: 'declared' },
  { name: 'exporter', folder: 'apps/exporter', kind: 'app', may: ['every lib'], packages: 'declared' },
  {
    name: 'instr-server',
    folder: 'apps/instr-server',
    kind: 'app',
    may: ['instrumentation', 'instrumentation/wire', 'nest-server'],
    packages: 'declared',
  },
  { name: 'examples', folder: 'examples/untraced', kind: 'app', may: [], packages: 'declared' },
  {
    name: 'extension',
    folder: 'examples/untraced-extension',
    kind: 'app',
    may: ['instrumentation', 'tracing/core', 'instr-server'],
    specsMay: ['tracing/testing'],
    packages: 'declared',
  },
  {
    name: 'trace-viewer',
    folder: 'apps/trace-viewer',
    kind: 'app',
    may: ['nest-server', 'zipkin'],
    packages: 'declared',
  },
  { name: 'tools', folder: 'tools/*', kind: 'tool', may: ['every lib', 'every tool'], packages: 'declared' },
  { name: 'e2e', folder: 'e2e', kind: 'tool', may: ['every lib', 'every tool'], packages: 'declared' },
  { name: 'bench', folder: 'bench', kind: 'tool', may: ['every lib', 'every tool'], packages: 'declared' },
];

function holds(folder: string, path: string): boolean {
  const want = folder.split('/');
  const got = path.split('/');
  return got.length >= want.length && want.every((part, i) => part === '*' || part === got[i]);
}

/** The room that a workspace-relative path is in; undefined when no row names it. */
export function roomOf(path: string, table: readonly Room[] = rooms): Room | undefined {
  const matching = table.filter((room) => holds(room.folder, path));
  return matching.toSorted((a, b) => b.folder.split('/').length - a.folder.split('/').length)[0];
}

/** Whether `from` may import `to`. */
export function mayImport(from: Room, to: Room, isSpec: boolean): boolean {
  if (from === to) return true;
  if (from.may.includes(to.name) || (isSpec && from.specsMay?.includes(to.name))) return true;
  return (
    (to.kind === 'lib' && from.may.includes('every lib')) ||
    (to.kind === 'tool' && from.may.includes('every tool'))
  );
}

/** What a room may import, as words for a message. */
export function allowanceOf(room: Room, isSpec: boolean): string {
  const may = [...room.may, ...(isSpec ? (room.specsMay ?? []) : [])];
  return may.length === 0 ? 'no other room' : `only ${may.join(', ')}`;
}
