import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** Folders of ours in the system's temporary folder. */
export async function temporaryFolders(): Promise<string[]> {
  const names = await readdir(tmpdir());
  return names.filter((name) => name.startsWith('distrace-')).toSorted();
}

/** Command lines of running processes that speak of `text`, on Linux. */
export async function processesNaming(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(
    pids.flatMap((pid) =>
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    ),
  );
  return lines.filter((line) => line.includes(text)).map((line) => line.replaceAll('\0', ' ').slice(0, 200));
}
