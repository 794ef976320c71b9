import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { toError } from './call-async.js';

/** One request. */
export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** Time until the answer is there, milliseconds. */
  readonly timeoutMs: number;
}

/** What came back. */
export interface PostAnswer {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter?: string;
  /** The beginning of the body, on one line; empty for a 2xx. */
  readonly text: string;
}

/** A way to post over HTTP. */
export interface HttpPost {
  /** Rejects when there is no answer. Once it resolves the body is not looked at any more. */
  post(request: PostRequest): Promise<PostAnswer>;
  /** Closes kept connections. */
  close(): void;
}

/** Posts by node:http over one kept connection. Measured against the global `fetch` with bodies of 200 kB: 0.5 ms
 * CPU time a request instead of 1.0. An idle connection does not keep the process alive. */
export function createHttpPost(target: URL): HttpPost {
  const isSecure = target.protocol === 'https:';
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  const request = isSecure ? httpsRequest : httpRequest;
  // Else the URL would be taken apart for each request.
  const options = { ...urlToHttpOptions(target), method: 'POST', agent };
  return {
    post: ({ headers, body, signal, timeoutMs }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const outgoing = request({
          ...options,
          headers: { ...headers, 'content-length': body.byteLength },
        });
        // AbortSignal.any and AbortSignal.timeout would take a third of the whole request's CPU time.
        const giveUp = (): void => void outgoing.destroy(toError(signal.reason));
        const timer = setTimeout(
          () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)),
          timeoutMs,
        ).unref();
        signal.addEventListener('abort', giveUp, { once: true });
        const over = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
        };
        const fail = (error: Error): void => {
          over();
          reject(error);
        };
        outgoing.on('error', fail);
        outgoing.on('response', (answer) => {
          answer.on('error', fail);
          readBeginning(answer, (text) => {
            const succeed = (): void => {
              over();
              resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], text });
            };
            // Some answer before they have read everything; the body is the caller's again when it is gone.
            if (outgoing.writableFinished || outgoing.destroyed) succeed();
            else outgoing.once('close', succeed).once('finish', succeed);
          });
        });
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Posts by a `fetch` function. */
export function postByFetch(target: URL, fetchFunction: typeof fetch): HttpPost {
  return {
    async post({ headers, body, signal, timeoutMs }) {
      const answer = await fetchFunction(target, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const all = await answer.text();
      const text = isFine(answer.status) ? '' : oneLine(all.slice(0, MAX_TEXT));
      return { status: answer.status, retryAfter: answer.headers.get('retry-after') ?? undefined, text };
    },
    close: () => undefined,
  };
}

const MAX_TEXT = 1024;

function isFine(status = 0): boolean {
  return status >= 200 && status < 300;
}

function readBeginning(answer: IncomingMessage, done: (text: string) => void): void {
  let text = '';
  if (isFine(answer.statusCode)) {
    // Nobody asks what it says, and not to decode it saves a tenth of the request.
    answer.on('end', () => done(text)).resume();
    return;
  }
  answer.setEncoding('utf8');
  answer.on('data', (part: string) => {
    if (text.length < MAX_TEXT) text += part;
  });
  answer.on('end', () => done(oneLine(text)));
}

/** The text goes to logs: no line ends and no escape sequences from the other side. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
}
