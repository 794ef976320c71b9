import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';

/**
 * `import … from 'node:http'` reads each export of that module, among them getters that load Node's whole fetch
 * implementation: 40 ms and 12 MB at the start of every process. Asked for this way, nothing is read but what is used.
 */
const builtins: Plugin = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

/**
 * The parser that `verify=parse` needs is 170 KB which other processes shall not load: the index of the wire comes
 * without it, and the one file that imports it, by `import()`, gets it directly.
 */
const asleep: Plugin = {
  name: 'asleep',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /\/wire$/ }, async ({ path, pluginData, ...where }) => {
      if (pluginData === 'asked' || !where.importer.endsWith('check-edits.ts')) return undefined;
      const index = await resolve(path, { ...where, pluginData: 'asked' });
      return { path: index.path.replace(/index\.js$/, 'check-edits.js') };
    });
    onResolve({ filter: /^\.\/check-edits\.js$/ }, ({ path, importer }) =>
      /wire[\\/]index\.js$/.test(importer) ? { path, namespace: 'asleep' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'asleep' }, () => ({
      contents: 'export const checkEdits = undefined;',
    }));
  },
};

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [builtins, asleep],
} satisfies BuildOptions;

/** The thread that asks synchronously is started from a text: the agent is one file. */
const worker = await build({
  ...shared,
  entryPoints: ['src/transport/sync-worker.ts'],
  format: 'cjs',
  write: false,
});

for (const { entry, outfile, format } of [
  { entry: 'src/register.ts', outfile: 'dist/register.js', format: 'esm' },
  { entry: 'src/register-require.ts', outfile: 'dist/register.cjs', format: 'cjs' },
] as const) {
  await build({
    ...shared,
    entryPoints: [entry],
    outfile,
    format,
    define: {
      SYNC_WORKER: JSON.stringify(worker.outputFiles[0]?.text),
      ...(format === 'cjs' ? { 'import.meta.filename': '__filename' } : {}),
    },
  });
}
