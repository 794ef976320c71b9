import { readFileSync } from 'node:fs';
import type { Settings } from './args/settings.js';
import { AgentError } from './errors.js';
import { joinTree, placeInTree } from './local/join-tree.js';
import { readTree } from './local/tree.js';
import { endpointOf } from './server.js';
import { serviceName } from './service-name.js';
import type { Place, Start } from './session.js';
import { pinnedKeys } from './trust/pinned-keys.js';

/** Whom this process asks; starts the server of its tree where it is the first. Undefined: nobody, which is said. */
export async function findPlace({ settings, log }: Start): Promise<Place | undefined> {
  if (settings.connection.kind !== 'ipc') return placeOf(settings);
  const joined = await joinTree(settings, process.env, (error) => log.warn(error));
  return joined && { ...joined, service: serviceOf(settings) };
}

/** The same where nothing can be awaited. @throws AgentError where a server would have to be started. */
export function findPlaceSync({ settings }: Start): Place {
  const tree = settings.connection.kind === 'ipc' ? readTree(process.env) : undefined;
  if (settings.connection.kind === 'ipc' && tree === undefined) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      'connection=ipc takes node --import @distrace/agent/register, got --require',
    );
  }
  return tree === undefined ? placeOf(settings) : { ...placeInTree(tree), service: serviceOf(settings) };
}

function placeOf(settings: Settings): Place {
  return {
    endpoint: endpointOf(settings.connection, settings.token),
    publicKeys: pinnedKeys(settings.publicKey ?? '', (path) => readFileSync(path, 'utf8')),
    service: serviceOf(settings),
  };
}

function serviceOf({ service }: Settings): string {
  return service ?? serviceName(process.argv[1], process.env);
}
