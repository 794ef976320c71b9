import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { run } from './run.ts';

/** The two programs that a private node needs. */
export interface Installation {
  readonly server: string;
  readonly epmd: string;
}

/** Reads the file system; replaced in tests. */
export interface PathProbe {
  isExecutable(path: string): boolean;
  list(folder: string): readonly string[];
}

const fileSystem: PathProbe = {
  isExecutable(path) {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
};

/**
 * Where rabbitmq-server may be, best first. Not /usr/sbin before the others: Debian's wrapper there changes
 * to the user rabbitmq and refuses everybody but root.
 */
export function serverCandidates(pathVariable: string, probe: PathProbe = fileSystem): string[] {
  const versions = (folder: string) =>
    probe
      .list(folder)
      .filter((name) => name.startsWith('rabbitmq_server-'))
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .toReversed()
      .map((name) => join(folder, name, 'sbin'));
  const folders = [
    '/usr/lib/rabbitmq/bin',
    ...versions('/usr/lib/rabbitmq/lib'),
    ...versions('/usr/local/lib/erlang/lib'),
    '/opt/homebrew/sbin',
    '/opt/homebrew/opt/rabbitmq/sbin',
    '/usr/local/sbin',
    '/usr/local/opt/rabbitmq/sbin',
    '/home/linuxbrew/.linuxbrew/sbin',
    '/opt/rabbitmq/sbin',
    ...pathVariable.split(delimiter).filter((folder) => folder.startsWith('/')),
  ];
  return folders.map((folder) => join(folder, 'rabbitmq-server'));
}

/** Finds rabbitmq-server and epmd, or undefined. Not on Windows, where the installer runs RabbitMQ as a service anyway. */
export async function findInstallation(
  options: { readonly env?: NodeJS.ProcessEnv; readonly probe?: PathProbe } = {},
): Promise<Installation | undefined> {
  if (process.platform === 'win32') return undefined;
  const { env = process.env, probe = fileSystem } = options;
  const server = serverCandidates(env['PATH'] ?? '', probe).find((path) => probe.isExecutable(path));
  if (server == null) return undefined;
  const besides = [dirname(server), join(dirname(dirname(server)), 'bin'), '/usr/bin', '/usr/local/bin'];
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const epmd =
    [...onPath, '/opt/homebrew/bin', ...besides]
      .map((folder) => join(folder, 'epmd'))
      .find((path) => probe.isExecutable(path)) ?? (await epmdOfErlang(probe));
  return epmd == null ? undefined : { server, epmd };
}

/** Some packages keep epmd among Erlang's own files; Erlang knows where. */
async function epmdOfErlang(probe: PathProbe): Promise<string | undefined> {
  const expression = 'io:format("~s",[code:root_dir()]),halt().';
  const { code, output } = await run('erl', ['-noinput', '-boot', 'start_clean', '-eval', expression], {
    timeoutMs: 10_000,
  });
  if (code !== 0) return undefined;
  const root = output.trim();
  return probe
    .list(root)
    .filter((name) => name.startsWith('erts-'))
    .map((name) => join(root, name, 'bin', 'epmd'))
    .find((path) => probe.isExecutable(path));
}
