import type { ModuleFormat } from './edit-list.js';

/** What is said of a file instead of its place on the disk. */
export interface FileIdentity {
  /** Name of the nearest package.json upward that has a name, by the real path; empty when none has. */
  readonly package: string;
  /** Its version; empty when it has none. */
  readonly version: string;
  /** Path inside the package, `/` between names, no leading `/`. */
  readonly path: string;
  readonly format: ModuleFormat;
  /** SHA-256 of the source's bytes, lower-case hex. */
  readonly source: string;
}

/** One text for one file and its content: what packs and caches of decisions are keyed by. */
export function fileKey(file: FileIdentity): string {
  return `${file.source} ${file.format} ${file.package}@${file.version}/${file.path}`;
}
