import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file that pages load. */
export interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  'style.css': 'text/css; charset=utf-8',
  'script.js': 'text/javascript; charset=utf-8',
  'favicon.svg': 'image/svg+xml',
};

// The same distance from src/core/http and from dist/core/http.
const FOLDER = new URL('../../../assets/', import.meta.url);
const read = new Map<string, Asset>();

/** The asset of this name; read once. */
export function assetNamed(name: string): Asset | undefined {
  if (!Object.hasOwn(TYPES, name)) return undefined;
  let asset = read.get(name);
  if (asset === undefined) {
    const body = readFileSync(new URL(name, FOLDER));
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    asset = { contentType: TYPES[name] ?? '', body, etag: `"${hash}"` };
    read.set(name, asset);
  }
  return asset;
}
