import { existsSync, readFileSync, statSync } from 'node:fs';
import { poll } from './poll.ts';
import { listProcesses, startTimeOf } from './process-table.ts';
import type { ProcessEntry } from './process-table.ts';
import { run } from './run.ts';

const serviceUsers = ['rabbitmq', 'epmd'] as const;

/** The user ids of the accounts that the packages make for their services. */
export function serviceUids(passwd: string): number[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name]) => (serviceUsers as readonly string[]).includes(name ?? ''))
    .map((fields) => Number(fields[2]));
}

function findStrays(before: ReadonlySet<number>): ProcessEntry[] {
  const uids = serviceUids(readFileSync('/etc/passwd', 'utf8'));
  return listProcesses().filter((entry) => {
    if (before.has(entry.pid) || !/^(beam|epmd|erl|rabbitmq)/.test(entry.command)) return false;
    try {
      return uids.includes(statSync(`/proc/${entry.pid}`).uid);
    } catch {
      return false;
    }
  });
}

/**
 * Ends the services that came up while the packages were installed: another policy file than ours may allow
 * that. Only processes younger than the installation that run under the packages' own accounts are touched.
 */
export async function endStrayServices(
  before: ReadonlySet<number>,
  log: (line: string) => void,
): Promise<void> {
  if (process.platform !== 'linux') return;
  let strays = findStrays(before);
  if (strays.length === 0) return;
  log('the packages started their service; stopping it again');
  if (existsSync('/run/systemd/system')) {
    const units = ['rabbitmq-server.service', 'epmd.service', 'epmd.socket'];
    await run('systemctl', ['stop', ...units], { timeoutMs: 30_000 });
  }
  strays = findStrays(before);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const stray of strays) {
      if (startTimeOf(stray.pid) === stray.startTime) process.kill(stray.pid, signal);
    }
    if (await poll(() => findStrays(before).length === 0, { withinMs: 5_000 })) return;
    strays = findStrays(before);
  }
}
