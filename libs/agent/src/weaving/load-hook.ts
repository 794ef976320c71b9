import { createHash } from 'node:crypto';
import type { LoadFnOutput, LoadHookContext, LoadHookSync } from 'node:module';
import { fileURLToPath } from 'node:url';
import { fileKey } from '@distrace/instrumentation/wire';
import type { EditList, FileIdentity } from '@distrace/instrumentation/wire';
import type { Candidates } from '../files/candidates.js';
import { formatOf } from '../files/format.js';
import { pathInside } from '../files/owner.js';
import type { Owners } from '../files/owner.js';
import type { Answer, Decisions } from './lists.js';

/** What the server is told of this thread. */
export interface Counts {
  /** Modules that the loader was asked for since the hook is there. */
  modules: number;
  woven: number;
  /** Files that might be marked, of which the server could not be asked. */
  missed: number;
  /** Files that the pack has with another content. */
  changed: number;
  /** What hooks threw, by interceptor; set once there is a runtime. */
  hookErrors: () => Readonly<Record<string, number>>;
}

/** Counts of a thread that has done nothing yet. */
export function noCounts(): Counts {
  return { modules: 0, woven: 0, missed: 0, changed: 0, hookErrors: () => ({}) };
}

export interface LoadHookOptions {
  /** Read anew for each file: a poll may bring other rules. */
  readonly candidates: () => Candidates;
  readonly owners: Owners;
  /** Node has resolved links already, unless it was told to keep them. */
  readonly realPath: (path: string) => string;
  readonly decisions: Decisions;
  /** Asks the server while the loader waits; undefined when there is no answer. Never throws. */
  ask(file: FileIdentity, text: string): Answer | undefined;
  /** The woven text; throws when the list does not fit. */
  weave(text: string, list: EditList, file: FileIdentity): string;
  readonly counts: Counts;
  /** Something that should not happen did; the original runs. */
  failed(file: FileIdentity | undefined, error: unknown): void;
  /** What became of a file that may be marked, and from where that was known. */
  decided?(file: FileIdentity, outcome: string, ms: number): void;
  /** For people who want to see woven code. */
  dump?(file: FileIdentity, woven: string): void;
}

/** The app may replace what it finds on the global object. */
const now = performance.now.bind(performance);

/**
 * The one hook: whatever happens in it, the module runs. A file is read by Node, never by the agent; most are let
 * through after a look at their package.
 */
export function makeLoadHook(options: LoadHookOptions): LoadHookSync {
  return function load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    options.counts.modules += 1;
    if (!url.startsWith('file:') || loaded.source == null) return loaded;
    let file: FileIdentity | undefined;
    const startedAtMs = now();
    try {
      const found = find(url, context, loaded, options);
      if (found === undefined) return loaded;
      file = found.file;
      const answer = decide(found.file, found.text, options);
      const say = (outcome: string) => options.decided?.(found.file, outcome, now() - startedAtMs);
      if (answer?.decision == null) {
        say(wordsFor(answer));
        return loaded;
      }
      const { decision, from } = answer;
      if (decision.source !== found.file.source || decision.format !== found.file.format) {
        throw new Error('they are for another source');
      }
      const source = options.weave(found.text, decision, found.file);
      options.counts.woven += 1;
      say(`woven (${from}), probes: ${decision.probes.length}`);
      options.dump?.(file, source);
      return { ...loaded, source };
    } catch (error) {
      options.failed(file, error);
      return loaded;
    }
  };
}

function find(
  url: string,
  context: LoadHookContext,
  { source, format }: LoadFnOutput,
  { candidates, owners, realPath }: LoadHookOptions,
): { readonly file: FileIdentity; readonly text: string } | undefined {
  const path = realPath(fileURLToPath(url.replace(/[?#].*$/s, '')));
  const owner = owners.of(path);
  const inside = pathInside(owner, path);
  const haystack = typeof source === 'string' ? source : bufferOf(source);
  if (!candidates().has(owner.name, inside, haystack)) return undefined;
  const text = typeof haystack === 'string' ? haystack : haystack.toString('utf8');
  // Other bytes than UTF-8 cannot travel as text; a file of such is let through.
  if (typeof haystack !== 'string' && text.includes('\uFFFD') && !Buffer.from(text).equals(haystack))
    return undefined;
  const evaluated = formatOf(format ?? context.format, () => text);
  if (evaluated === undefined) return undefined;
  return {
    text,
    file: {
      package: owner.name,
      version: owner.version,
      path: inside,
      format: evaluated,
      source: createHash('sha256').update(haystack).digest('hex'),
    },
  };
}

function decide(
  file: FileIdentity,
  text: string,
  { decisions, ask, counts }: LoadHookOptions,
): Answer | undefined {
  const key = fileKey(file);
  const known = decisions.get(key);
  if (known !== undefined) return known;
  if (decisions.hasOther(key)) counts.changed += 1;
  const answer = ask(file, text);
  if (answer === undefined) counts.missed += 1;
  else decisions.learn(key, answer);
  return answer;
}

function wordsFor(answer: Answer | undefined): string {
  if (answer === undefined) return 'left as it is: nothing is known of it, and nobody could be asked';
  const { from, why } = answer;
  return why === undefined ? `not marked (${from})` : `refused (${from}): ${why}`;
}

function bufferOf(source: LoadFnOutput['source']): Buffer {
  if (ArrayBuffer.isView(source)) return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  return Buffer.from(source as ArrayBuffer);
}
