import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DistraceError } from '@distrace/tracing/core';
import type { SpanExporter } from '@distrace/tracing/core';
import { isInterceptorClass, isInterceptorDefinition } from '../interceptor/index.js';
import type { InterceptorClass, InterceptorDefinition } from '../interceptor/index.js';
import { locateFault } from './locate-fault.js';
import { lineOf, locateServices } from './locate-services.js';
import { didYouMean } from './near-names.js';
import { findPackage } from './package-folder.js';
import type { ExtensionPackage } from './package-folder.js';
import type { ServiceEntry, ServiceKind } from './service-kind.js';
import { isSpanExporterClass } from './span-exporter-class.js';

/** A class that extends `SpanExporter`. */
export type SpanExporterClass = new (...args: never[]) => SpanExporter;

/** What a service of each kind is. */
export interface Services {
  readonly Interceptor: InterceptorClass | InterceptorDefinition;
  readonly SpanExporter: SpanExporterClass;
}

export interface ServiceLoaderOptions {
  /** Folder that relative paths and packages are looked for from. Default the current one. */
  readonly from?: string;
}

/**
 * The thesis' service loader: finds the interceptors and span exporters of extensions, and returns classes without
 * creating an instance. It looks into the extensions it is given and into the packages these list in
 * `distrace.extensions` of their package.json, into nothing else that is installed.
 *
 * @example
 * const loader = await ClassServiceLoader.open(['./my-extension']);
 * const exporters = await loader.load('SpanExporter');
 */
export class ClassServiceLoader {
  /** The packages looked into, each once, listed ones after those that list them. */
  readonly packages: readonly ExtensionPackage[];
  readonly #entries: readonly ServiceEntry[];

  private constructor(packages: readonly ExtensionPackage[], entries: readonly ServiceEntry[]) {
    this.packages = packages;
    this.#entries = entries;
  }

  /**
   * Finds the extensions and reads what they name; runs none of their code. Throws `DT_ERR_EXTENSION` for a package
   * that is not there and `DT_ERR_SERVICE_*` for entries that cannot be read, with file and line.
   */
  static async open(
    extensions: readonly string[],
    { from = process.cwd() }: ServiceLoaderOptions = {},
  ): Promise<ClassServiceLoader> {
    const found = new Map<string, ExtensionPackage>();
    for (const spec of extensions) await collect(await findPackage(spec, { from }), found);
    const packages = [...found.values()];
    const entries = new Map<string, ServiceEntry>();
    for (const extension of packages) {
      for (const entry of await locateServices(extension)) {
        const key = `${entry.kind} ${entry.file}#${entry.exportName}`;
        if (!entries.has(key)) entries.set(key, entry);
      }
    }
    return new ClassServiceLoader(packages, [...entries.values()]);
  }

  /** Where the services of a kind are, in their order, each once. Loads nothing. */
  locate(kind: ServiceKind): readonly ServiceEntry[] {
    return this.#entries.filter((entry) => entry.kind === kind);
  }

  /**
   * The services of a kind: classes, and for interceptors also what `defineInterceptor` gave. Evaluates the modules
   * they are in. Throws `DT_ERR_SERVICE_MISSING` or `DT_ERR_SERVICE_TYPE`, with file and line.
   */
  async load<K extends ServiceKind>(kind: K): Promise<readonly Services[K][]> {
    const loaded: Services[K][] = [];
    for (const entry of this.locate(kind)) loaded.push((await loadEntry(entry)) as Services[K]);
    return loaded;
  }
}

async function collect(extension: ExtensionPackage, found: Map<string, ExtensionPackage>): Promise<void> {
  if (found.has(extension.folder)) return;
  found.set(extension.folder, extension);
  const own = extension.manifest['distrace'] as { readonly extensions?: unknown } | null | undefined;
  const listed = own?.extensions ?? [];
  const isList = Array.isArray(listed) && listed.every((name) => typeof name === 'string');
  if (!isList) {
    throw new DistraceError(
      'DT_ERR_SERVICE_FILE',
      `${extension.folder}/package.json:${lineOf(extension.manifestText, '"extensions"')}: distrace.extensions must be a list of packages; correct it`,
    );
  }
  for (const spec of listed as readonly string[]) {
    await collect(await findPackage(spec, { from: extension.folder }), found);
  }
}

async function loadEntry({ kind, file, exportName, declaredAt }: ServiceEntry): Promise<unknown> {
  const module = await importModule(file, declaredAt);
  if (!(exportName in module)) {
    const names = Object.keys(module);
    throw new DistraceError(
      'DT_ERR_SERVICE_MISSING',
      `${declaredAt}: ${file} must export ${exportName}, but exports ${names.join(', ') || 'nothing'}${didYouMean(exportName, names)}; correct the name`,
    );
  }
  const exported = module[exportName];
  if (kind === 'Interceptor' ? isInterceptor(exported) : isSpanExporterClass(exported)) return exported;
  const wanted =
    kind === 'Interceptor'
      ? 'a class that extends Interceptor, or made by defineInterceptor()'
      : 'a class that extends SpanExporter';
  throw new DistraceError(
    'DT_ERR_SERVICE_TYPE',
    `${declaredAt}: ${exportName} of ${file} must be ${wanted}, got ${kindOf(exported)}; correct it or take the line out`,
  );
}

async function importModule(file: string, declaredAt: string): Promise<Record<string, unknown>> {
  if (!existsSync(file)) {
    const beside = await readdir(dirname(file)).catch(() => []);
    throw new DistraceError(
      'DT_ERR_SERVICE_MISSING',
      `${declaredAt}: ${file} must load, but it is not there${didYouMean(basename(file), beside)}; build the extension or correct the path`,
    );
  }
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    const place = await locateFault(file, cause);
    const at = place === undefined ? '' : ` at ${place}`;
    throw new DistraceError(
      'DT_ERR_SERVICE_MISSING',
      `${declaredAt}: ${file} must load, but${at}: ${wordsOf(cause)}; correct that, or build the extension`,
      { cause },
    );
  }
}

/** Name and message in one line. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 500);
}

function isInterceptor(value: unknown): boolean {
  return isInterceptorClass(value) || isInterceptorDefinition(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
    ? 'another class'
    : typeof value;
}
