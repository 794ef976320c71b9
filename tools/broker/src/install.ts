import { readFileSync } from 'node:fs';
import { canUseApt, installWithApt } from './apt.ts';
import { BrokerError } from './errors.ts';
import { installHint } from './install-hint.ts';
import { findInstallation } from './install-paths.ts';
import type { Installation } from './install-paths.ts';

/** What /etc/os-release says, or nothing. */
export function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/** True where `requireInstallation` may install: root on Debian or Ubuntu. */
export function mayInstall(): boolean {
  return process.platform === 'linux' && canUseApt({ uid: process.getuid?.(), osRelease: osRelease() });
}

/** The installed rabbitmq-server; with `install` it is installed first where that is possible. Throws DT_ERR_NO_BROKER or DT_ERR_INSTALL. */
export async function requireInstallation(options: {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly install: boolean;
}): Promise<Installation> {
  const { log, signal, install } = options;
  const found = await findInstallation();
  if (found != null) return found;
  if (install && mayInstall()) {
    log('rabbitmq-server is not installed; we are root, so: apt-get update, apt-get install rabbitmq-server');
    await installWithApt({ log, signal });
    const installed = await findInstallation();
    if (installed != null) return installed;
  }
  throw new BrokerError(
    'DT_ERR_NO_BROKER',
    `A private broker needs rabbitmq-server, but none was found here.\n${installHint({ platform: process.platform, osRelease: osRelease() })}`,
  );
}
