import { PROTOCOL, WEAVER } from '@distrace/instrumentation/wire';
import type { AgentFacts, Manifest } from '@distrace/instrumentation/wire';
import type { Done } from './thread-tally.js';
import { AGENT_VERSION } from './version.js';

export interface FactsOptions {
  /** Of the process; random. */
  readonly agentId: string;
  readonly service: string;
  readonly mode: AgentFacts['mode'];
  /** Read for each request. */
  readonly done: () => Done;
  /** As the argument says; undefined: as the manifest says. */
  readonly pollIntervalMs: number | undefined;
  /** Read for each request; undefined: not asked for. */
  readonly processFacts: (() => Readonly<Record<string, number>>) | undefined;
}

/** What the agent says of its process in each handshake. */
export function factsOf({ agentId, service, mode, done, pollIntervalMs, processFacts }: FactsOptions) {
  return (manifest: Manifest | undefined): AgentFacts => {
    const { woven, missed, hookErrors } = done();
    return {
      protocol: PROTOCOL,
      agentId,
      agentVersion: AGENT_VERSION,
      weaver: WEAVER,
      service,
      node: process.version,
      pid: process.pid,
      mode,
      serial: manifest?.serial ?? 0,
      rulesHash: manifest?.rulesHash ?? '',
      woven,
      missed,
      ...told(hookErrors),
      ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }),
      ...(processFacts === undefined ? {} : { process: processFacts() }),
    };
  };
}

/** A server keeps so many; the rest is in the log. */
const MAX_HOOKS_TOLD = 50;

function told(errors: Readonly<Record<string, number>>): Pick<AgentFacts, 'hookErrors'> {
  const entries = Object.entries(errors).slice(0, MAX_HOOKS_TOLD);
  return entries.length === 0 ? {} : { hookErrors: Object.fromEntries(entries) };
}
