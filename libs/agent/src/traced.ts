import { reasonOf } from './errors.js';
import type { Log } from './log.js';
import type { Ask } from './transport/request.js';

type Traced = Pick<Log, 'trace'>;

const now = performance.now.bind(performance);

/** The same request, told of at log level `trace`: what went, what came, how long it took. */
export function traced<T>(log: Traced, ask: Pick<Ask, 'method' | 'path' | 'body'>, run: () => T): T {
  const startedAtMs = now();
  try {
    const answer = run();
    say(log, ask, startedAtMs, () => `200, ${bytesOf(answer)} bytes`);
    return answer;
  } catch (error) {
    say(log, ask, startedAtMs, () => reasonOf(error));
    throw error;
  }
}

/** The same for one that is awaited. */
export async function tracedAsync<T>(
  log: Traced,
  ask: Pick<Ask, 'method' | 'path' | 'body'>,
  run: () => Promise<T>,
  status = 200,
): Promise<T> {
  const startedAtMs = now();
  try {
    const answer = await run();
    say(log, ask, startedAtMs, () => `${status}, ${bytesOf(answer)} bytes`);
    return answer;
  } catch (error) {
    say(log, ask, startedAtMs, () => reasonOf(error));
    throw error;
  }
}

function say(
  log: Traced,
  { method, path, body }: Pick<Ask, 'method' | 'path' | 'body'>,
  sinceMs: number,
  came: () => string,
): void {
  const ms = now() - sinceMs;
  log.trace(() => `${method} ${path}, ${bytesOf(body)} bytes: ${came()}, ${ms.toFixed(1)} ms`);
}

/** Of the JSON; what travels may be packed. */
function bytesOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}
