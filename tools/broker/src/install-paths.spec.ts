import { describe, expect, it } from 'vitest';
import { findInstallation, serverCandidates } from './install-paths.ts';
import type { PathProbe } from './install-paths.ts';

function machine(files: readonly string[]): PathProbe {
  return {
    isExecutable: (path) => files.includes(path),
    list: (folder) =>
      files
        .filter((file) => file.startsWith(`${folder}/`))
        .map((file) => file.slice(folder.length + 1).split('/')[0] ?? ''),
  };
}

const find = (files: readonly string[], PATH = '/usr/sbin:/usr/bin') =>
  findInstallation({ env: { PATH }, probe: machine(files) });

describe.runIf(process.platform !== 'win32')('findInstallation', () => {
  it('prefers the plain script to the wrapper that changes the user', async () => {
    const files = ['/usr/sbin/rabbitmq-server', '/usr/lib/rabbitmq/bin/rabbitmq-server', '/usr/bin/epmd'];
    expect(await find(files)).toEqual({
      server: '/usr/lib/rabbitmq/bin/rabbitmq-server',
      epmd: '/usr/bin/epmd',
    });
  });

  it('finds what Homebrew installed though it is not on the PATH', async () => {
    expect(await find(['/opt/homebrew/sbin/rabbitmq-server', '/opt/homebrew/bin/epmd'])).toEqual({
      server: '/opt/homebrew/sbin/rabbitmq-server',
      epmd: '/opt/homebrew/bin/epmd',
    });
  });

  it('finds what is on the PATH only', async () => {
    expect(await find(['/my/rabbit/rabbitmq-server', '/my/rabbit/epmd'], 'relative:/my/rabbit')).toEqual({
      server: '/my/rabbit/rabbitmq-server',
      epmd: '/my/rabbit/epmd',
    });
  });

  it('finds nothing where nothing is', async () => {
    expect(await find([])).toBeUndefined();
  });

  it('takes the newest of several versions', () => {
    const folder = '/usr/lib/rabbitmq/lib/rabbitmq_server';
    const candidates = serverCandidates('', machine([`${folder}-3.10.8/sbin/x`, `${folder}-3.9.1/sbin/x`]));
    const versions = candidates.filter((path) => path.startsWith(folder));
    expect(versions).toEqual([
      `${folder}-3.10.8/sbin/rabbitmq-server`,
      `${folder}-3.9.1/sbin/rabbitmq-server`,
    ]);
  });
});
