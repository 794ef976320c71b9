import type { Manifest } from '@distrace/instrumentation/wire';
import { AgentError, reasonOf } from './errors.js';
import { acceptance } from './first-provisions.js';
import { handshake } from './handshake.js';
import type { HandshakeOptions } from './handshake.js';
import { pollInBackground, pollIntervalMs } from './poll.js';
import { haveOf, provisionsFrom } from './provisions.js';
import type { KeptTexts, Provisions } from './provisions.js';
import type { Session } from './session.js';

export interface Touch {
  readonly have: () => KeptTexts;
  /** Undefined while there is nothing to follow. */
  readonly manifest: () => Manifest | undefined;
  readonly follow: (provisions: Provisions) => void;
}

/** Asks again and again, so that switches and rules reach this process, and a server that was away is found again. */
export function keepInTouch(session: Session, { have, manifest, follow }: Touch): void {
  const { place, settings, breaker, packs, log } = session;
  const { endpoint } = place;
  if (endpoint === undefined || settings.pollIntervalMs === 0) return;
  const interval = () => pollIntervalMs(settings.pollIntervalMs ?? manifest()?.pollIntervalMs);
  pollInBackground({
    setTimer: setTimeout,
    delayMs: () => (breaker.failing ? breaker.pauseMs : interval()),
    poll: async () => {
      const here = have();
      try {
        const options = { ...optionsOf(session), background: true };
        const wanted = packs.wanted(haveOf(here));
        const answer = await handshake(endpoint, session.facts(manifest()), wanted, options);
        const provisions = provisionsFrom(answer, here, session.trust(), acceptance(session));
        if (isNews(provisions, here, manifest())) follow(provisions);
        packs.report();
        breaker.recovered();
        log.debug(() => `poll: ${answer.manifest === null ? 'nothing new' : 'another manifest'}`);
      } catch (error) {
        breaker.failed();
        log.warn(withConsequence(error, manifest() !== undefined, breaker.pauseMs));
      }
    },
  });
}

function withConsequence(error: unknown, isTraced: boolean, pauseMs: number): AgentError {
  const so = isTraced ? 'rules and switches stay as they are' : 'the app runs untraced';
  const text = `${reasonOf(error)}; ${so}; asking again in ${Math.ceil(pauseMs / 1000)} s`;
  return new AgentError(error instanceof AgentError ? error.code : 'DT_ERR_AGENT_REFUSED', text);
}

/** Another manifest, or a pack for the next start. */
function isNews({ texts }: Provisions, here: KeptTexts, manifest: Manifest | undefined): boolean {
  return manifest === undefined || texts.manifest !== here.manifestText || texts.pack !== here.packText;
}

/** How this session shakes hands. */
export function optionsOf({ settings, packs, log }: Session): HandshakeOptions {
  return { timeoutMs: settings.timeoutMs, packTooLarge: (error) => packs.tooLarge(error), log };
}
