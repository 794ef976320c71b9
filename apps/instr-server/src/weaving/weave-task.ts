import type { FileRule } from '@distrace/instrumentation';
import type { ModuleFormat } from '@distrace/instrumentation/wire';

/** What crosses to a weaving thread. Matchers are data, so a thread never loads an extension. */
export interface WeaveTask {
  readonly text: string;
  readonly source: string;
  /** Inside its package; for messages. */
  readonly path: string;
  readonly format: ModuleFormat;
  readonly rules: readonly FileRule[];
  /** Set to 1 when the thread begins: waiting for a thread is not weaving. */
  readonly started: Int32Array;
}

/** What comes back: an edit list's JSON, or why there is none. */
export type WeaveResult =
  /** `refused`: functions that were matched and stay as they are. */
  | { readonly status: 'woven'; readonly edits: string; readonly refused?: readonly string[] }
  | { readonly status: 'not-marked' }
  | { readonly status: 'refused'; readonly reason: string };
