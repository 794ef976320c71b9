import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import type { FileIdentity } from '@distrace/instrumentation/wire';

/** A file as an agent sees it. */
export interface AgentFile {
  readonly file: FileIdentity;
  readonly text: string;
}

/** A package whose files are asked for: what a Nest app loads first. */
export const PACKAGE = '@nestjs/core';

/** The modules of the package that hold a class: real code, small and large. */
export function realFiles(): readonly AgentFile[] {
  const manifestFile = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const folder = dirname(manifestFile);
  const { version } = JSON.parse(readFileSync(manifestFile, 'utf8')) as { version: string };
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
    .filter(({ text }) => text.includes('class '))
    .map(({ path, text }) => ({
      text,
      file: {
        package: PACKAGE,
        version,
        path: relative(folder, path).split(sep).join('/'),
        format: 'esm' as const,
        source: createHash('sha256').update(text).digest('hex'),
      },
    }));
}

/** The same files with other content: nothing of them is in any cache. */
export function changed(files: readonly AgentFile[], round: number): readonly AgentFile[] {
  return files.map(({ file, text }) => {
    const other = `${text}\n// ${round}\n`;
    return { text: other, file: { ...file, source: createHash('sha256').update(other).digest('hex') } };
  });
}
