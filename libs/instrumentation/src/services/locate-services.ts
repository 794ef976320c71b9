import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DistraceError } from '@distrace/tracing/core';
import { mainModule } from './package-folder.js';
import type { ExtensionPackage } from './package-folder.js';
import { parseReference, parseServiceFile } from './parse-services.js';
import { isServiceKind, SERVICE_KINDS } from './service-kind.js';
import type { ServiceEntry, ServiceKind } from './service-kind.js';

/** All services that a package names, in its package.json first and then in its service files. Loads nothing. */
export async function locateServices(extension: ExtensionPackage): Promise<readonly ServiceEntry[]> {
  const named = [...namedInManifest(extension), ...(await namedInFiles(extension))];
  return named.map((entry) => locate(extension, entry));
}

interface Named {
  readonly kind: ServiceKind;
  readonly text: string;
  readonly declaredAt: string;
}

function locate(extension: ExtensionPackage, { kind, text, declaredAt }: Named): ServiceEntry {
  const reference = parseReference(text);
  if (reference === undefined) {
    throw new DistraceError(
      'DT_ERR_SERVICE_NAME',
      `${declaredAt}: a service is named as ./dist/file.js#exportName inside the package or by the name of an export, got ${JSON.stringify(text)}; correct it`,
    );
  }
  const file = 'path' in reference ? join(extension.folder, reference.path) : mainModule(extension);
  if (file === undefined) {
    throw new DistraceError(
      'DT_ERR_SERVICE_MISSING',
      `${declaredAt}: ${text} must be an export of ${extension.name}, but that package exports no main module; name the file as ./dist/file.js#${text}`,
    );
  }
  return { kind, file, exportName: reference.exportName, declaredAt };
}

function namedInManifest({ folder, manifest, manifestText }: ExtensionPackage): readonly Named[] {
  const file = join(folder, 'package.json');
  const refuse = (at: string, what: string): never => {
    throw new DistraceError(
      'DT_ERR_SERVICE_FILE',
      `${file}:${lineOf(manifestText, at)}: ${what}; correct it`,
    );
  };
  const services = section(manifest['distrace'])?.['services'];
  if (services === undefined) return [];
  const table = section(services);
  if (table === undefined) return refuse('"services"', 'distrace.services must be an object of lists');
  return Object.entries(table).flatMap(([kind, entries]) => {
    const at = JSON.stringify(kind);
    if (!isServiceKind(kind)) return refuse(at, unknownKind(kind));
    if (!Array.isArray(entries)) return refuse(at, `distrace.services.${kind} must be a list of texts`);
    return entries.map((text: unknown) => {
      if (typeof text !== 'string') {
        return refuse(at, `distrace.services.${kind} must be a list of texts, got ${typeof text}`);
      }
      const line = lineOf(manifestText, at, JSON.stringify(text));
      return { kind, text: text.trim(), declaredAt: `${file}:${line}` };
    });
  });
}

async function namedInFiles({ folder }: ExtensionPackage): Promise<readonly Named[]> {
  const services = join(folder, 'META-INF', 'services');
  const names = await readdir(services).catch(() => [] as string[]);
  const found: Named[] = [];
  for (const kind of names.filter((name) => !name.startsWith('.')).toSorted()) {
    const file = join(services, kind);
    if (!isServiceKind(kind)) {
      throw new DistraceError('DT_ERR_SERVICE_FILE', `${file}: ${unknownKind(kind)}; rename or remove it`);
    }
    for (const { text, line } of parseServiceFile(await readFile(file, 'utf8'))) {
      found.push({ kind, text, declaredAt: `${file}:${line}` });
    }
  }
  return found;
}

function unknownKind(kind: string): string {
  return `services are of the kinds ${SERVICE_KINDS.join(' and ')}, got ${JSON.stringify(kind)}`;
}

function section(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

/** Line, from 1, of the last of some texts that follow one another; as far as they are found. */
export function lineOf(text: string, ...path: readonly string[]): number {
  let offset = Math.max(0, text.indexOf('"distrace"'));
  for (const part of path) {
    const next = text.indexOf(part, offset);
    if (next === -1) break;
    offset = next;
  }
  return text.slice(0, offset).split('\n').length;
}
