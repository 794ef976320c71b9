import { realpathSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { applyEdits, RUNTIME_NAME, WEAVER } from '@distrace/instrumentation/wire';
import type { EditList, FileIdentity, Manifest } from '@distrace/instrumentation/wire';
import { createRuntime } from '@distrace/instrumentation/runtime';
import type { BundleHandle, RuntimeControl } from '@distrace/instrumentation/runtime';
import { bundleFile, evaluateBundle } from './bundle.js';
import type { EvaluatedBundle } from './bundle.js';
import { AgentError, reasonOf } from './errors.js';
import { Candidates } from './files/candidates.js';
import { Owners } from './files/owner.js';
import type { Log } from './log.js';
import type { Provisions } from './provisions.js';
import { Retired } from './retire.js';
import { sayHookErrors } from './weaving/hook-errors.js';
import { makeLoadHook } from './weaving/load-hook.js';
import type { Counts } from './weaving/load-hook.js';
import { Decisions } from './weaving/lists.js';
import type { Answer } from './weaving/lists.js';

export interface InstallOptions {
  readonly serviceName: string;
  readonly spanExporter: string | undefined;
  readonly isMainThread: boolean;
  readonly stackTraces: boolean;
  /** The agent's own, which no stack of a span shall show. */
  readonly hiddenFiles: readonly string[];
  /** Parses the source and throws for insertions that stand anywhere but at bodies' ends; undefined: signatures are enough. */
  readonly check: CheckEdits | undefined;
  readonly ignore: readonly string[];
  readonly log: Log;
  readonly counts: Counts;
  /** Set on every span, beside the rules' hash. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** V8's compiled form of a bundle, by its hash. */
  readonly compiled: (hash: string) => Buffer | undefined;
  readonly ask: (file: FileIdentity, text: string) => Answer | undefined;
  readonly dump: ((file: FileIdentity, woven: string) => void) | undefined;
}

/** `checkEdits` of the wire, which brings a parser with it. */
export type CheckEdits = (source: string, list: EditList) => void;

/** The agent at work in this thread. */
export interface Installed {
  readonly manifest: Manifest;
  readonly control: RuntimeControl;
  /** The running bundle, for keeping its compiled form. */
  readonly evaluated: EvaluatedBundle;
  /** Of the running bundle, and of those before it that have open spans. */
  handles(): readonly BundleHandle[];
  /** Follows other rules, switches or another bundle from now on. */
  update(provisions: Provisions): void;
}

/** Puts runtime, bundle and hook into this thread. Throws when the bundle does not run; the thread is as before then. */
export function install(first: Provisions, options: InstallOptions): Installed {
  const { log, ignore } = options;
  const hookErrors = sayHookErrors(log);
  const runtime = createRuntime({ defer: setImmediate, onReport: hookErrors.heard });
  options.counts.hookErrors = () => runtime.control.counters().errorsBy;
  let { manifest } = first;
  // First what may be refused: a bundle that has started has begun to export.
  let candidates = candidatesOf(manifest, ignore);
  let running = startBundle(first, runtime.control, options);
  const decisions = new Decisions();
  decisions.replace(first.pack);
  switchAll(runtime.control, manifest);
  Object.defineProperty(globalThis, RUNTIME_NAME, { value: runtime.woven });

  const retired = new Retired({ log, setTimer: setTimeout });
  let isHooked = false;
  const hook = () => {
    if (isHooked || candidates.size === 0) return;
    isHooked = true;
    registerHooks({
      load: makeLoadHook({
        candidates: () => candidates,
        owners: new Owners(),
        realPath: keepsLinks() ? realpathSync : (path) => path,
        decisions,
        ask: options.ask,
        weave: (text, list, file) => {
          hookErrors.wove(file, list.probes);
          return weave(text, list, runtime.control, options.check);
        },
        counts: options.counts,
        failed: (file, error) => log.warn(notWoven(file, error)),
        decided: ({ package: name, version, path }, outcome, ms) =>
          log.debug(() => `${name}@${version}/${path}: ${outcome}, ${ms.toFixed(1)} ms`),
        dump: options.dump,
      }),
    });
  };
  hook();

  return {
    control: runtime.control,
    get manifest() {
      return manifest;
    },
    get evaluated() {
      return running.evaluated;
    },
    handles: () => [running.handle, ...retired.handles],
    update(next) {
      const changed = next.manifest.rulesHash !== manifest.rulesHash;
      const others = changed ? candidatesOf(next.manifest, ignore) : candidates;
      if (next.manifest.bundle.sha256 !== manifest.bundle.sha256) {
        const before = running.handle;
        running = startBundle(next, runtime.control, options);
        retired.add(before);
      }
      candidates = others;
      if (changed) decisions.replace(next.pack);
      manifest = next.manifest;
      switchAll(runtime.control, manifest);
      hook();
    },
  };
}

function startBundle(
  { bundle: text, manifest }: Provisions,
  control: RuntimeControl,
  { serviceName, spanExporter, isMainThread, stackTraces, hiddenFiles, attributes, compiled }: InstallOptions,
): { readonly evaluated: EvaluatedBundle; readonly handle: BundleHandle } {
  const { sha256 } = manifest.bundle;
  const evaluated = evaluateBundle(text, sha256, compiled(sha256));
  let handle: BundleHandle;
  try {
    handle = evaluated.bundle.start({
      serviceName,
      isMainThread,
      stackTraces,
      hiddenFiles: [...hiddenFiles, bundleFile(sha256)],
      attributes: { ...attributes, 'distrace.rules': manifest.rulesHash },
      ...(spanExporter === undefined ? {} : { spanExporter }),
    });
  } catch (error) {
    throw new AgentError('DT_ERR_AGENT_BUNDLE', `The helper bundle must start, got: ${reasonOf(error)}`);
  }
  control.setScope(handle);
  for (const [name, body] of Object.entries(evaluated.bundle.interceptors)) control.bind(name, body);
  return { evaluated, handle };
}

function candidatesOf(manifest: Manifest, ignored: readonly string[]): Candidates {
  try {
    return new Candidates(manifest, ignored);
  } catch (error) {
    throw new AgentError(
      'DT_ERR_AGENT_REFUSED',
      `The rules of a manifest must be of this agent's form, got: ${reasonOf(error)}`,
    );
  }
}

function notWoven(file: FileIdentity | undefined, error: unknown): AgentError {
  const name = file === undefined ? 'a file' : `${file.package}@${file.version}/${file.path}`;
  return new AgentError(
    'DT_ERR_AGENT_REFUSED',
    `The edits of ${name} must fit its source, got: ${reasonOf(error)}; it runs as it is`,
  );
}

function keepsLinks(): boolean {
  return [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((text) =>
    text.includes('--preserve-symlinks'),
  );
}

function switchAll(control: RuntimeControl, { rules }: Manifest): void {
  for (const { name, enabled } of rules) control.setEnabled(name, enabled);
}

function weave(text: string, list: EditList, control: RuntimeControl, check: CheckEdits | undefined): string {
  if (list.weaver !== WEAVER) throw new Error(`expected edits of weaver ${WEAVER}, got ${list.weaver}`);
  check?.(text, list);
  return applyEdits(text, list, control.register(list.probes));
}
