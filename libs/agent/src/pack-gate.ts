import type { HandshakeRequest } from '@distrace/instrumentation/wire';
import { AgentError, reasonOf } from './errors.js';
import type { Log } from './log.js';
import type { Have } from './provisions.js';
import { sha256 } from './store/kept.js';

/**
 * What this process knows of packs that it cannot use: they cost a warning and one question per file, nothing else,
 * and are not sent to it again.
 */
export class PackGate {
  readonly #log: Log;
  #refused: string | undefined;
  #isTooLarge = false;
  #pending: AgentError | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** What to ask for, so that the pack at fault stays away and another one may come. */
  wanted(have: Have): Required<Pick<HandshakeRequest, 'have' | 'pack'>> {
    return {
      have: this.#refused === undefined ? have : { ...have, pack: this.#refused },
      pack: !this.#isTooLarge,
    };
  }

  /** The server's answer was too large with its pack. */
  tooLarge(error: AgentError): void {
    this.#isTooLarge = true;
    this.#pending = error;
  }

  /** A pack came that must not be followed. */
  refuse(text: string, error: unknown): void {
    this.#refused = sha256(text);
    this.#pending = new AgentError('DT_ERR_AGENT_PACK', reasonOf(error));
  }

  /** Warns of the last one, once it is known that all else is well: one line of warning is all that a process has. */
  report(): void {
    const error = this.#pending;
    if (error === undefined) return;
    this.#pending = undefined;
    this.#log.warn(
      new AgentError(error.code, `${error.message}; the pack is left out, files are asked for one by one`),
    );
  }
}
