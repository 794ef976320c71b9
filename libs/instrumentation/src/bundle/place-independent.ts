import { access, readFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Loader, OnResolveArgs, OnResolveResult, Plugin, PluginBuild, ResolveResult } from 'esbuild';
import { keepClassNames } from './keep-class-names.js';
import { createPackageFinder, sourceName } from './source-name.js';
import type { OwningPackage } from './source-name.js';

const NAMESPACE = 'distrace';
const HERE = dirname(fileURLToPath(import.meta.url));
const API_GLOBALS = fileURLToPath(
  new URL(`./in-process/api-globals${extname(import.meta.url)}`, import.meta.url),
);
const GLOBAL_UTILS = /^@opentelemetry\/api@[^/]+\/dist\/internal\/global-utils\.mjs$/;
/** One copy of these in a bundle, ours: an extension's own would be a second SDK that nobody starts. */
const OURS = /^@(?:opentelemetry\/|distrace\/(?:instrumentation|tracing|zipkin)(?:[/@]|$))/;
/** What this library itself uses and no process needs: shaken out, so its sources need not be read either. */
const ABSENT = 'distrace-absent';
const LOADERS: Readonly<Record<string, Loader>> = {
  '.json': 'json',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.jsx': 'jsx',
  '.tsx': 'tsx',
};

export interface PlaceIndependent {
  readonly plugin: Plugin;
  /** By source name, of all that was loaded. */
  readonly owners: ReadonlyMap<string, OwningPackage | undefined>;
  /** Absolute paths by source name, of all that was looked at. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether OpenTelemetry's API keeps its globals to itself in the bundle. */
  isIsolated(): boolean;
}

/**
 * Names every source by package and path in it instead of by its place on the disk: esbuild makes identifiers and
 * comments of the name, and the same extension must give the same bytes wherever it stands. Resolves OpenTelemetry
 * and this library's packages as this library sees them, and keeps the API's globals inside the bundle.
 */
export function placeIndependent(): PlaceIndependent {
  const files = new Map<string, string>();
  const owners = new Map<string, OwningPackage | undefined>();
  const findPackage = createPackageFinder();
  let isIsolated = false;

  async function rename(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
    if (args.pluginData === NAMESPACE || args.kind === 'entry-point') return undefined;
    if (isBuiltin(args.path)) return { path: args.path.replace(/^(?:node:)?/, 'node:'), external: true };
    if (isDependencyOfThisLibrary(args)) return { path: args.path, namespace: ABSENT, sideEffects: false };
    const found = (await resolveNear(args)) ?? (await resolveReally(build, args));
    if (found.errors !== undefined && found.errors.length > 0)
      return { errors: found.errors, warnings: found.warnings };
    if (found.external || found.namespace !== 'file') return { path: found.path, external: found.external };
    const owner = await findPackage(found.path);
    const name = sourceName(found.path, owner);
    if (!files.has(name)) files.set(name, found.path);
    owners.set(name, owner);
    const isOurs = owner !== undefined && OURS.test(owner.name);
    return { path: name, namespace: NAMESPACE, sideEffects: isOurs ? false : found.sideEffects };
  }

  async function load(name: string): Promise<{ contents: string; loader: Loader; resolveDir: string }> {
    const file = files.get(name)!;
    const resolveDir = dirname(file);
    if (GLOBAL_UTILS.test(name)) {
      isIsolated = true;
      return { contents: ISOLATED_GLOBALS, loader: 'js', resolveDir };
    }
    const contents = await readFile(file, 'utf8');
    const loader = LOADERS[extname(file)] ?? 'js';
    const isTheirs = loader === 'js' && !OURS.test(name);
    return { contents: isTheirs ? keepClassNames(contents) : contents, loader, resolveDir };
  }

  return {
    owners,
    files,
    isIsolated: () => isIsolated,
    plugin: {
      name: 'distrace-place-independent',
      setup(build) {
        build.onResolve({ filter: /.*/ }, (args) => rename(build, args));
        build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => load(path));
        build.onLoad({ filter: /.*/, namespace: ABSENT }, ({ path }) => ({
          contents: `throw new Error(${JSON.stringify(`${path} is not part of a helper bundle`)}); module.exports = {};`,
        }));
      },
    },
  };
}

const ISOLATED_GLOBALS = `import { isCompatible } from './semver.mjs';
import { createApiGlobals } from ${JSON.stringify(API_GLOBALS)};
export const { getGlobal, registerGlobal, unregisterGlobal } = createApiGlobals(isCompatible);`;

function isDependencyOfThisLibrary({ path, importer }: OnResolveArgs): boolean {
  return importer.startsWith('@distrace/instrumentation@') && !path.startsWith('.') && !OURS.test(path);
}

interface Found extends Pick<OnResolveResult, 'errors' | 'warnings'> {
  readonly path: string;
  readonly namespace: string;
  readonly external: boolean;
  readonly sideEffects: boolean;
}

/**
 * Relative paths inside this library and OpenTelemetry, which have no side effects: four of five of all paths, and
 * asking esbuild costs a round trip each.
 */
async function resolveNear({ path, importer, resolveDir }: OnResolveArgs): Promise<Found | undefined> {
  if (!path.startsWith('.') || !OURS.test(importer)) return undefined;
  const file = join(resolveDir, path);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  return isThere
    ? { path: file, namespace: 'file', external: false, sideEffects: false, errors: [], warnings: [] }
    : undefined;
}

async function resolveReally(
  build: PluginBuild,
  { path, kind, importer, resolveDir }: OnResolveArgs,
): Promise<ResolveResult> {
  const ask = (from: string, as: typeof kind) =>
    build.resolve(path, { resolveDir: from, kind: as, importer, pluginData: NAMESPACE });
  if (OURS.test(path)) {
    // As an import: what a CommonJS module requires would be the other build of the same package.
    const ours = await ask(HERE, 'import-statement');
    if (ours.errors.length === 0) return ours;
    // The SDK's parts are no dependencies of ours but of sdk-node.
    const bySdk = await ask(dirname(sdkNodeFile()), 'import-statement');
    if (bySdk.errors.length === 0) return bySdk;
  }
  return await ask(resolveDir, kind);
}

function sdkNodeFile(): string {
  return createRequire(import.meta.url).resolve('@opentelemetry/sdk-node');
}
