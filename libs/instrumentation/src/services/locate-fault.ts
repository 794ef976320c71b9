import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildFailure } from 'esbuild';

/** This library's own frames say nothing about an extension. */
const LIBRARY_ROOT = dirname(dirname(fileURLToPath(import.meta.url))) + sep;

/** `file:line` of what keeps a module from loading, also in what it imports; undefined where nothing tells. */
export async function locateFault(file: string, error: unknown): Promise<string | undefined> {
  const stack = error instanceof Error ? String(error.stack) : '';
  return (
    headerPlace(stack) ??
    framePlace(stack, /^\s+at (?!async )/) ??
    (await bundledPlace(file)) ??
    framePlace(stack, /^\s+at async /)
  );
}

/** Node puts `file:line` above the stack of what it could link but not run, and of CommonJS that it cannot parse. */
function headerPlace(stack: string): string | undefined {
  const [, place, line] = /^((?:file:\/\/)?\/\S+):(\d+)\n/.exec(stack) ?? [];
  return place === undefined ? undefined : `${pathOf(place)}:${line}`;
}

/** The first frame of the extension itself, else of what is installed with it. */
function framePlace(stack: string, start: RegExp): string | undefined {
  const places = stack
    .split('\n')
    .filter((line) => start.test(line))
    .flatMap(
      (line) =>
        /(?:\(|at |async )((?:file:\/\/)?\/[^()]*):(\d+):\d+\)?$/.exec(line)?.slice(1, 3).join(':') ?? [],
    )
    .map(pathOf)
    .filter((place) => !place.startsWith(LIBRARY_ROOT) && !/[\\/]@distrace[\\/]/.test(place));
  return places.find((place) => !place.includes(`${sep}node_modules${sep}`)) ?? places[0];
}

function pathOf(place: string): string {
  return place.startsWith('file://') ? fileURLToPath(place) : place;
}

/** Node keeps the line of an ES module that it cannot parse, or that imports what is not there, to itself. */
async function bundledPlace(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const folder = dirname(file);
  try {
    await build({
      entryPoints: [file],
      absWorkingDir: folder,
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    return undefined;
  } catch (failure) {
    const { errors } = failure as Partial<BuildFailure>;
    const location = errors?.find((found) => found.location !== null)?.location;
    return location ? `${join(folder, location.file)}:${location.line}` : undefined;
  }
}
