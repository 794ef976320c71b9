import type { Settings } from '../args/settings.js';
import { AgentError } from '../errors.js';
import type { Log } from '../log.js';
import { defaultCacheDir, openPrivateFolder } from './private-folder.js';
import type { PrivateFolder } from './private-folder.js';

/** Where decisions and the like are kept; undefined: nowhere, which is said. */
export function cacheFolder({ cacheDir }: Settings, log: Log): PrivateFolder | undefined {
  try {
    return openPrivateFolder(cacheDir ?? defaultCacheDir(process.env));
  } catch (error) {
    // A file system that cannot be written is usual in containers; a folder that is not private never is.
    const isUsual = cacheDir === undefined && error instanceof AgentError && error.cause !== undefined;
    if (isUsual) log.info(error.message);
    else log.warn(error);
    return undefined;
  }
}
