import { ServerProblem } from '../problem.js';

/** Objects and lists in each other; the deepest message has four. */
export const MAX_JSON_DEPTH = 32;

/** The value of a JSON body. @throws ServerProblem 400 for what is none, or too deep. */
export function parseJson(body: Buffer): unknown {
  // Before parsing: a million brackets cost the parser's stack.
  if (depthOf(body) > MAX_JSON_DEPTH) {
    throw bad(`must be at most ${MAX_JSON_DEPTH} levels deep, got more`);
  }
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw bad(`must be JSON, got ${body.length === 0 ? 'nothing' : 'something else'}`, cause);
  }
}

function bad(what: string, cause?: unknown): ServerProblem {
  // The parser's own message quotes the body, and a body may be somebody's source.
  return new ServerProblem(400, 'DT_ERR_SERVER_BODY', `The body ${what}. Send what the reference names.`, {
    cause,
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function depthOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === QUOTE) {
      at = endOfString(body, at + 1);
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return deepest;
}

/** Where the string that began ends; jumps from quote to quote, since sources are long strings. */
function endOfString(body: Buffer, from: number): number {
  for (let at = from; ;) {
    const quote = body.indexOf(QUOTE, at);
    if (quote === -1) return body.length;
    let slashes = 0;
    while (body[quote - 1 - slashes] === BACKSLASH && quote - 1 - slashes >= from) slashes += 1;
    if (slashes % 2 === 0) return quote;
    at = quote + 1;
  }
}
