import { readFileSync } from 'node:fs';
import type { HandshakeAnswer } from '@distrace/instrumentation/wire';
import type { Settings } from './args/settings.js';
import { AgentError, reasonOf } from './errors.js';
import { readHandshake } from './handshake.js';
import { provisionsFrom } from './provisions.js';
import type { KeptTexts, Provisions, ProvisionsOptions } from './provisions.js';
import type { Session } from './session.js';

/** What was answered, else what the disk has. */
export function firstProvisions(
  session: Session,
  here: KeptTexts,
  answer: () => HandshakeAnswer,
): Provisions {
  try {
    return provisionsFrom(answer(), here, session.trust(), acceptance(session));
  } catch (error) {
    session.breaker.failed();
    return fallBack(session, here, error);
  }
}

/** With a pack file alone there is nobody to ask about what its pack does not say. */
export function acceptance({ kept, packs, place }: Session): ProvisionsOptions {
  return {
    bundleOf: (hash) => kept.bundle(hash),
    refusePack: place.endpoint && ((text, error) => packs.refuse(text, error)),
  };
}

function fallBack(session: Session, here: KeptTexts, error: unknown): Provisions {
  let provisions: Provisions;
  try {
    if (here.manifestText === undefined) throw error;
    const nothingNew = { protocol: 1, manifest: null, bundle: null, pack: null };
    provisions = provisionsFrom(nothingNew, here, session.trust(), acceptance(session));
  } catch {
    throw error;
  }
  const code = error instanceof AgentError ? error.code : 'DT_ERR_AGENT_REFUSED';
  session.log.warn(new AgentError(code, `${reasonOf(error)}; the app is traced by what was kept`));
  return provisions;
}

/** What a pack file says, in the form of an answer. */
export function readPackFile({ connection }: Settings) {
  const path = connection.kind === 'file' ? connection.path : '';
  try {
    return readHandshake(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new AgentError(
      'DT_ERR_AGENT_REFUSED',
      `The pack file ${path} must be readable, got: ${reasonOf(error)}`,
    );
  }
}
