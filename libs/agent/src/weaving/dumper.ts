import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileIdentity } from '@distrace/instrumentation/wire';
import type { Log } from '../log.js';

/** Writes woven code for people to see; where that cannot be done it is only said. */
export function dumper(dir: string, log: Log) {
  return ({ package: name, path }: FileIdentity, woven: string) => {
    try {
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, `${name}/${path}`.replaceAll(/[^\w.@-]+/g, '_')), woven);
    } catch (error) {
      log.info(`dump_dir: ${String(error)}`);
    }
  };
}
