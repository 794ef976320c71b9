import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that takes the place of the system's own, so that a test sees everything left in it. */
export interface Scratch {
  readonly folder: string;
  restore(): void;
}

/** Makes the scratch folder and points TMPDIR at it until `restore`, which removes it. */
export function useScratch(): Scratch {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'distrace-test-'));
  process.env['TMPDIR'] = folder;
  return {
    folder,
    restore() {
      if (before == null) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
