import { Worker } from 'node:worker_threads';

/** Bodies for one address. */
export interface PostSyncRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly Uint8Array[];
  /** For all of it, the start of a thread included, milliseconds. */
  readonly timeoutMs: number;
}

const WAITING = 0;
const NO_ANSWER = 1;

/**
 * Posts while this thread waits, for the end of a process. A thread of its own sends, one body after the other; its
 * start takes 20 to 30 ms. Throws for any answer but 2xx, and when time runs out.
 */
export function postSync({ url, headers, bodies, timeoutMs }: PostSyncRequest): void {
  // 0 until it is known; then the worst status.
  const result = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(POSTER, {
    eval: true,
    // The application's would load what it is started with once more.
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
    workerData: { url: url.href, headers, bodies, result },
  });
  worker.on('error', () => undefined);
  worker.unref();
  Atomics.wait(result, 0, WAITING, timeoutMs);
  const status = Atomics.load(result, 0);
  if (status === WAITING) throw new Error(`no answer of ${url.origin} within ${timeoutMs} ms`);
  if (status === NO_ANSWER) throw new Error(`cannot reach ${url.origin}`);
  if (status < 200 || status > 299) throw new Error(`${url.origin} answered ${status}`);
}

/** Plain CommonJS: it runs as it stands here, also out of a bundle. */
const POSTER = `
const { workerData: { url, headers, bodies, result } } = require('node:worker_threads');
const secure = url.startsWith('https:');
const { request, Agent } = require(secure ? 'node:https' : 'node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let worst = 0;
const done = (status) => { Atomics.store(result, 0, status); Atomics.notify(result, 0); process.exit(); };
const next = () => {
  const body = bodies.shift();
  if (body === undefined) return done(worst);
  const outgoing = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': body.byteLength } });
  outgoing.on('error', () => done(${NO_ANSWER}));
  outgoing.on('response', (answer) => {
    worst = Math.max(worst, answer.statusCode);
    answer.on('end', next).on('error', () => done(${NO_ANSWER})).resume();
  });
  outgoing.end(Buffer.from(body));
};
next();
`;
