import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What an application outside the workspace is made of. */
export interface PackedAppOptions {
  /** Our libraries it installs, by the last part of their names. */
  readonly libraries: readonly string[];
  /** Other packages it installs, at the versions of this workspace. */
  readonly packages: readonly string[];
  /** Its files by path. */
  readonly files: ReadonlyMap<string, string>;
  /** What its `tsconfig.json` says. */
  readonly tsconfig: string;
}

/** An application outside the workspace, compiled into `dist`; its folder goes with it. */
export interface PackedApp extends AsyncDisposable {
  readonly folder: string;
}

/** The packages that a service on Nest and RabbitMQ installs besides ours. */
export const NEST_PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-node',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/microservices',
  'reflect-metadata',
  'rxjs',
  'amqplib',
  'amqp-connection-manager',
  'typescript',
  '@types/node',
] as const;

/** A text of this repository, by its path in it. */
export function readText(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

/** The files of a guide's service in the order shown, a later version of one after the earlier. */
export function filesOf(guide: string): (readonly [name: string, text: string])[] {
  const blocks = guide.matchAll(/```ts\n\/\/ (src\/(?:tracing|app\.module|main)\.ts)\n(.*?)```/gs);
  return [...blocks].map(([, name = '', text = '']) => [name, text] as const);
}

/** The first block of JSON of a guide. */
export function tsconfigOf(guide: string): string {
  return /```json\n(.*?)```/s.exec(guide)?.[1] ?? '';
}

/** Packs the libraries, installs them and the packages into an empty folder outside the workspace, and compiles. */
export async function makePackedApp({
  libraries,
  packages,
  files,
  tsconfig,
}: PackedAppOptions): Promise<PackedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const app = { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  try {
    const all = [
      ...files,
      ['tsconfig.json', tsconfig],
      ['package.json', '{ "type": "module", "private": true }'],
    ];
    for (const [name = '', text = ''] of all) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const workspaces = libraries.flatMap((name) => ['-w', `@distrace/${name}`]);
    await run('npm', ['pack', ...workspaces, '--pack-destination', folder], { cwd: ROOT });
    const tarballs = libraries.map((name) => `./distrace-${name}-0.1.0.tgz`);
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...quiet, ...tarballs, ...(await atOurVersions(packages))], { cwd: folder });
    await run(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    return app;
  } catch (error) {
    await app[Symbol.asyncDispose]();
    throw error;
  }
}

async function atOurVersions(names: readonly string[]): Promise<string[]> {
  const lock = JSON.parse(await readText('package-lock.json')) as {
    packages: Record<string, { version: string }>;
  };
  return names.map((name) => `${name}@${lock.packages[`node_modules/${name}`]?.version}`);
}
