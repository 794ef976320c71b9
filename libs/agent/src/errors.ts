import { printable } from './printable.js';

/** What can go wrong before or beside the app; `docs/reference/errors.md` has a row for each. */
export type AgentErrorCode =
  | 'DT_ERR_AGENT_ARGS'
  | 'DT_ERR_AGENT_CACHE_DIR'
  | 'DT_ERR_AGENT_DENIED'
  | 'DT_ERR_AGENT_LOCAL_SERVER'
  | 'DT_ERR_AGENT_NO_ANSWER'
  | 'DT_ERR_AGENT_PACK'
  | 'DT_ERR_AGENT_REFUSED'
  | 'DT_ERR_AGENT_BUNDLE'
  | 'DT_ERR_AGENT_HOOK'
  | 'DT_ERR_AGENT_NODE'
  | 'DT_ERR_AGENT_NOTHING_WOVEN';

/** Never reaches the app: it becomes one line of warning, or with `on_error=fail` the end of the process. */
export class AgentError extends Error {
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AgentError';
    this.code = code;
  }
}

/** A local server's last words are the longest that a message holds. */
const MAX_REASON_CHARS = 6000;

/** The message of anything that was thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return printable(text, MAX_REASON_CHARS);
}
