import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerError } from './errors.ts';
import { endStrayServices } from './apt-strays.ts';
import { listProcesses } from './process-table.ts';

/** Debian's hook that may forbid packages to start their services while they are installed. */
export const policyFile = '/usr/sbin/policy-rc.d';

/**
 * The whole installation as one shell program, so that it comes to its end and takes its policy file away
 * even when the process that started it is killed: a package manager must never be stopped half-way.
 */
export function installScript(policy: string = policyFile): string {
  return `
set -u
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
own=
cleanup() { rm -f "${policy}.distrace.$$"; if [ -n "$own" ]; then rm -f "${policy}"; fi; }
trap cleanup EXIT
trap '' HUP INT TERM PIPE
if [ ! -e "${policy}" ]; then
  printf '#!/bin/sh\\n# distrace: no service starts while rabbitmq-server is being installed\\nexit 101\\n' > "${policy}.distrace.$$"
  chmod 755 "${policy}.distrace.$$"
  # ln and not mv: it fails when somebody else put a policy there in between.
  if ln "${policy}.distrace.$$" "${policy}"; then own=1; fi
fi
apt-get -o DPkg::Lock::Timeout=120 update || echo 'apt-get update failed; trying with the lists that are here'
install='apt-get -o DPkg::Lock::Timeout=120 install -y'
$install --no-install-recommends rabbitmq-server || $install rabbitmq-server
`;
}

/** True where `installWithApt` can work: root on a Debian-like system. */
export function canUseApt(system: { readonly uid: number | undefined; readonly osRelease: string }): boolean {
  const ids = [...system.osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  return system.uid === 0 && ids.some((id) => id === 'debian' || id === 'ubuntu');
}

/**
 * Installs rabbitmq-server with apt and leaves the system's own service stopped (about 10 s).
 * Throws DT_ERR_INSTALL with the end of apt's output. Once begun it is not interrupted.
 */
export async function installWithApt(options: {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}): Promise<void> {
  options.signal?.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), 'distrace-apt-'));
  const logFile = join(folder, 'apt.log');
  const startedAt = performance.now();
  const before = new Set(listProcesses().map((entry) => entry.pid));
  try {
    // To a file and not to a pipe, which would break under apt when we are killed.
    const output = openSync(logFile, 'w', 0o600);
    const child = spawn('/bin/sh', ['-c', installScript()], {
      detached: true,
      cwd: '/',
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    await endStrayServices(before, options.log);
    if (code !== 0) {
      const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
      throw new BrokerError(
        'DT_ERR_INSTALL',
        `apt-get must install rabbitmq-server, but it ended with ${String(code)}. Repair what it says and try again, or set AMQP_URL to a running broker:\n${tail}`,
      );
    }
    options.log(`installed rabbitmq-server in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
