import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import type { BuildResult } from 'esbuild';
import { DistraceError } from '@distrace/tracing/core';
import { ClassServiceLoader } from '../services/index.js';
import { entryText } from './entry.js';
import { notice } from './notice.js';
import { placeIndependent } from './place-independent.js';

export interface HelperBundleOptions {
  /** Folders and packages that hold interceptors and exporters; see `ClassServiceLoader`. Default none. */
  readonly extensions?: readonly string[];
  /** Folder that relative paths and packages are looked for from. Default the current one. */
  readonly from?: string;
}

/** One CommonJS text whose exports are a `HelperBundle`, and what it is made of. */
export interface BuiltHelperBundle {
  readonly code: string;
  /** Of `code` in UTF-8, lower-case hex. */
  readonly sha256: string;
  /** Bytes of `code` in UTF-8. */
  readonly sizeBytes: number;
  /** What went into it, as `name@version/path/in/package.js`, sorted. */
  readonly sources: readonly string[];
  /** Absolute paths of all files that were read for it, sorted: a build comes to the same while they stay. */
  readonly files: readonly string[];
}

/**
 * Bundles the tracing library, OpenTelemetry, the exporters and the interceptors of extensions for evaluation inside
 * processes: everything but Node's own modules is in it. The same inputs give the same bytes wherever they stand.
 * Identifiers keep their names, so that stack traces can be read. Throws `DT_ERR_BUNDLE` for what esbuild refuses,
 * and what `ClassServiceLoader` throws.
 */
export async function buildHelperBundle({
  extensions = [],
  from,
}: HelperBundleOptions = {}): Promise<BuiltHelperBundle> {
  const loader = await ClassServiceLoader.open(extensions, { from });
  const services = [...loader.locate('Interceptor'), ...loader.locate('SpanExporter')];
  const sources = placeIndependent();
  const result = await run(entryText(services), sources.plugin);
  if (!sources.isIsolated()) {
    throw new DistraceError(
      'DT_ERR_BUNDLE',
      'The bundle must keep its OpenTelemetry API apart from the application’s, but this version of @opentelemetry/api does that in another place; install the version that @distrace/instrumentation names',
    );
  }
  const names = namesIn(result);
  const code = `${notice(names.map((name) => sources.owners.get(name)))}\n${result.outputFiles[0]!.text}`;
  const bytes = Buffer.from(code);
  return {
    code,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    sources: names,
    files: [...sources.files.values()].toSorted(),
  };
}

type Result = BuildResult<{ readonly write: false; readonly metafile: true }>;

async function run(entry: string, plugin: ReturnType<typeof placeIndependent>['plugin']): Promise<Result> {
  try {
    return await build({
      absWorkingDir: import.meta.dirname,
      stdin: { contents: entry, sourcefile: 'distrace-bundle', resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      metafile: true,
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      mainFields: ['module', 'main'],
      charset: 'utf8',
      minifySyntax: true,
      minifyWhitespace: true,
      // Minified names would make stack traces of interceptors useless, for a third of the size.
      minifyIdentifiers: false,
      lineLimit: 160,
      legalComments: 'eof',
      banner: { js: BUNDLE_URL },
      define: { 'import.meta.url': 'distraceBundleUrl' },
      plugins: [plugin],
      logLevel: 'silent',
    });
  } catch (cause) {
    throw new DistraceError(
      'DT_ERR_BUNDLE',
      `Interceptors and exporters must bundle into one file, but ${cause instanceof Error ? cause.message : String(cause)}; correct the extension`,
      { cause },
    );
  }
}

/** What stands for `import.meta.url`: the bundle's own file, where whoever evaluates it says one. */
const BUNDLE_URL =
  'const distraceBundleUrl=require("node:url").pathToFileURL(typeof __filename==="string"?__filename:"distrace-bundle").href;';

function namesIn({ metafile }: Result): string[] {
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output!.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => input.replace(/^distrace:/, ''))
    .filter((name) => name !== 'distrace-bundle')
    .toSorted();
}
