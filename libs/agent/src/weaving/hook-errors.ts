import type { FileIdentity, ProbeRecord } from '@distrace/instrumentation/wire';
import type { RuntimeReport } from '@distrace/instrumentation/runtime';
import { AgentError, reasonOf } from '../errors.js';
import type { Log } from '../log.js';

/** Says once what an interceptor's hooks do wrong, and where. */
export interface HookErrors {
  /** The records of a file, which reports name. */
  wove(file: FileIdentity, records: readonly ProbeRecord[]): void;
  heard(report: RuntimeReport): void;
}

const MAX_SAID = 1000;

/** Warns of the first error of each interceptor, and where one is switched off; the rest is only counted. */
export function sayHookErrors(log: Log): HookErrors {
  const files = new WeakMap<ProbeRecord, FileIdentity>();
  // Some are reported call by call.
  const said = new Set<string>();
  const placeOf = ({ probe, function: name, line }: RuntimeReport): string => {
    const file = probe && files.get(probe);
    return file === undefined
      ? `${name}, line ${line}`
      : `${name} (${file.package}@${file.version}/${file.path}:${line})`;
  };
  return {
    wove(file, records) {
      for (const record of records) files.set(record, file);
    },
    heard(report) {
      const { interceptor, disabled } = report;
      const place = placeOf(report);
      const key = [report.kind, interceptor, place, disabled].join('\n');
      if (said.has(key) || said.size >= MAX_SAID) return;
      said.add(key);
      const text = `${WORDS[report.kind](report, place)}; the app is not touched`;
      log.warn(new AgentError('DT_ERR_AGENT_HOOK', text), `${disabled ? 'off' : 'hook'} ${interceptor}`);
    },
  };
}

const WORDS: Readonly<Record<RuntimeReport['kind'], (report: RuntimeReport, place: string) => string>> = {
  'interceptor-error': ({ interceptor, error, disabled }, place) =>
    disabled
      ? `Hooks of ${JSON.stringify(interceptor)} have thrown too often at ${place} and are switched off there, the last with: ${errorText(error)}`
      : `Hooks of an interceptor must not throw, ${JSON.stringify(interceptor)} did at ${place}: ${errorText(error)}`,
  'replacement-impossible': ({ interceptor }, place) =>
    `A replacement needs a function that can be skipped, but that of ${JSON.stringify(interceptor)} is at ${place}, where it never runs`,
  'scope-error': ({ error }, place) =>
    `The helper bundle must give an async context, got at ${place}: ${errorText(error)}; that call ran without interceptors`,
};

/** The class as well: `x is not a function` alone says little. What was thrown may be anything, a hostile proxy too. */
function errorText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${reasonOf(error)}` : reasonOf(error);
  } catch {
    return 'something that cannot be shown';
  }
}
