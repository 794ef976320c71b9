import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listProcesses } from '../process-table.ts';

/** Linux only: the processes that carry `marker`, a folder's name, in their command line, environment or working folder. */
export function processesOf(marker: string): number[] {
  return listProcesses()
    .map((entry) => entry.pid)
    .filter((pid) => traces(pid).some((text) => text.includes(marker)));
}

function traces(pid: number): string[] {
  return [
    () => readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    () => readFileSync(`/proc/${pid}/environ`, 'utf8'),
    () => readlinkSync(`/proc/${pid}/cwd`),
  ].map((read) => attempt(read) ?? '');
}

/** Linux only: the addresses, as `ADDRESS:PORT`, on which these processes listen. */
export function listeningAddresses(pids: readonly number[]): string[] {
  const inodes = new Set(pids.flatMap(socketsOf));
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => (attempt(() => readFileSync(file, 'utf8')) ?? '').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
    .map((fields) => readable(fields[1] ?? ''));
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return (attempt(() => readdirSync(folder)) ?? [])
    .map((fd) => /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`${folder}/${fd}`)) ?? '')?.[1])
    .filter((inode) => inode != null) as string[];
}

// The kernel writes addresses as hexadecimal words of this machine's byte order (little-endian here).
function readable(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const known: Readonly<Record<string, string>> = {
    '0100007F': '127.0.0.1',
    '00000000000000000000000001000000': '[::1]',
  };
  return `${known[address] ?? address}:${Number.parseInt(port, 16)}`;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // the process went meanwhile
  }
}
