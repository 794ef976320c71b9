import type { Manifest } from '@distrace/instrumentation/wire';
import { AgentError } from './errors.js';
import type { Log } from './log.js';
import type { Counts } from './weaving/load-hook.js';

/** By then an app has loaded what it begins with. */
export const LOOK_BACK_AFTER_MS = 10_000;

export interface LookBackOptions {
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly counts: Counts;
  readonly manifest: () => Pick<Manifest, 'rules'>;
  /** The process that has started the server of its tree, and no child of it: whom a person looks at. */
  readonly isFirst: boolean;
  /** Whether there were child processes or worker threads of the app: it may be they that are traced. */
  readonly hasOthers: () => boolean;
}

/** What is said once the app has loaded, or ends: that nothing was woven, which is else hard to see. */
export function lookBack({ log, counts, manifest, isFirst, hasOthers }: LookBackOptions): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    const { woven, changed, modules } = counts;
    if (changed > 0) log.info(`${changed} files differ from the pack`);
    if (!isFirst || woven > 0 || hasOthers()) return;
    const names = manifest().rules.map(({ name }) => JSON.stringify(name));
    log.warn(nothingWoven(names, modules), 'nothing woven');
  };
}

const SHOWN = 5;

function nothingWoven(names: readonly string[], modules: number): AgentError {
  const shown = names.length > SHOWN ? [...names.slice(0, SHOWN), '…'] : names;
  return new AgentError(
    'DT_ERR_AGENT_NOTHING_WOVEN',
    names.length === 0
      ? 'Extensions must name an interceptor, got none of those in "extensions"; nothing is traced. See distrace.services in their package.json'
      : `Rules should match a file of the app, got none that ${shown.join(', ')} would match among ${modules} modules so far; ` +
          'nothing is traced. "npx distrace doctor FILE --rules EXTENSION" says why',
  );
}
