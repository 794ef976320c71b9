/**
 * Sends spans, in a process of its own. Bodies are made before the clock runs; what is left is writing them to
 * sockets.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeV2 } from '@distrace/zipkin';
import { deploymentTraces, loneSpans } from './spans.ts';

/** What to make, or where to send it. */
export type LoadTask =
  | { readonly kind: 'prepare'; readonly source: 'deployment' | 'lone'; readonly spans: number }
  | {
      readonly kind: 'send';
      readonly url: string;
      readonly inFlight: number;
      /** Spans per second; default as fast as they are answered. */
      readonly perSecond?: number;
    };

/** What was made or sent. */
export interface LoadResult {
  readonly spans: number;
  readonly bytes: number;
  readonly seconds: number;
}

const SPANS_PER_BODY = 100;
const sources = { deployment: await deploymentTraces(), lone: await loneSpans() };
let bodies: Buffer[] = [];

function prepare(source: 'deployment' | 'lone', spans: number): LoadResult {
  const began = performance.now();
  bodies = [];
  let bytes = 0;
  for (let made = 0; made < spans; made += SPANS_PER_BODY) {
    const body = Buffer.from(encodeV2(sources[source](SPANS_PER_BODY)));
    bytes += body.byteLength;
    bodies.push(body);
  }
  return { spans, bytes, seconds: (performance.now() - began) / 1000 };
}

async function send({ url, inFlight, perSecond }: Extract<LoadTask, { kind: 'send' }>): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const began = performance.now();
  let next = 0;
  let bytes = 0;
  const lane = async () => {
    while (next < bodies.length) {
      const at = next++;
      if (perSecond !== undefined) {
        const early = began + (at * SPANS_PER_BODY * 1000) / perSecond - performance.now();
        if (early > 0) await sleep(early);
      }
      bytes += bodies[at]!.byteLength;
      await post(`${url}/api/v2/spans`, bodies[at]!, agent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  agent.destroy();
  const seconds = (performance.now() - began) / 1000;
  return { spans: bodies.length * SPANS_PER_BODY, bytes, seconds };
}

function post(url: string, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
    const outgoing = request(url, { method: 'POST', agent, headers });
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => {
      answer.on('error', reject).on('end', () => {
        if (answer.statusCode === 202) resolve();
        else reject(new Error(`POST ${url} must answer 202, instead came ${answer.statusCode}`));
      });
      answer.resume();
    });
    outgoing.end(body);
  });
}

process.on('message', (task: LoadTask) => {
  void (async () => {
    const result = task.kind === 'prepare' ? prepare(task.source, task.spans) : await send(task);
    process.send?.(result);
  })();
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
