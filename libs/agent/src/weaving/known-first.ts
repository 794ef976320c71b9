import { fileKey } from '@distrace/instrumentation/wire';
import type { FileIdentity } from '@distrace/instrumentation/wire';
import type { Log } from '../log.js';
import type { Kept } from '../store/kept.js';
import { acceptEdits } from '../trust/accept.js';
import type { OpenSigned } from '../trust/accept.js';
import type { Answer } from './lists.js';

export interface KnownFirstOptions {
  readonly kept: Pick<Kept, 'decisions'>;
  readonly log: Pick<Log, 'info'>;
  readonly open: OpenSigned;
  /** Of the rules that are followed now. */
  readonly rulesHash: () => string;
  /** Asks the server while the loader waits. */
  readonly ask: (file: FileIdentity, text: string) => Answer | undefined;
}

/** Looks for a decision on the disk before the server is asked. What is there is signed, and checked like an answer. */
export function knownFirst({ kept, log, open, rulesHash, ask }: KnownFirstOptions) {
  let early: { readonly rulesHash: string; readonly decisions: ReadonlyMap<string, string> } | undefined;
  return (file: FileIdentity, text: string): Answer | undefined => {
    if (early?.rulesHash !== rulesHash())
      early = { rulesHash: rulesHash(), decisions: kept.decisions(rulesHash()) };
    const signed = early.decisions.get(fileKey(file));
    if (signed !== undefined) {
      try {
        const list = acceptEdits(signed, file, open);
        return { decision: list.edits.length === 0 ? null : list, from: 'kept' };
      } catch (error) {
        log.info(`kept edits of ${file.path} are refused: ${String(error)}`);
      }
    }
    return ask(file, text);
  };
}
