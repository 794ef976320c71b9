import { readList, readText, readWholeNumber, refuse, type Environment } from '../environment.js';
import type { RabbitOptions } from './rabbit-collector.js';

/**
 * Reads Zipkin's `RABBIT_*`; undefined without `RABBIT_ADDRESSES` and `RABBIT_URI`, for then no queue is read.
 * @throws ViewerError for the first that breaks its rule.
 */
export function readRabbitOptions(env: Environment): RabbitOptions | undefined {
  const urls = readUrls(env);
  if (urls.length === 0) return undefined;
  return {
    urls,
    queue: readText(env, 'RABBIT_QUEUE'),
    prefetch: readWholeNumber(env, 'RABBIT_PREFETCH', { min: 1, max: 1000 }),
  };
}

function readUrls(env: Environment): string[] {
  const uri = readText(env, 'RABBIT_URI');
  if (uri !== undefined) {
    const url = URL.parse(uri);
    if (url?.protocol !== 'amqp:' && url?.protocol !== 'amqps:') {
      throw refuse('RABBIT_URI', 'a URL such as amqp://127.0.0.1:5672', uri.replace(/\/\/[^@/]*@/, '//***@'));
    }
    return [uri];
  }
  const scheme = readText(env, 'RABBIT_USE_SSL') === 'true' ? 'amqps' : 'amqp';
  const user = encodeURIComponent(readText(env, 'RABBIT_USER') ?? 'guest');
  const password = encodeURIComponent(readText(env, 'RABBIT_PASSWORD') ?? 'guest');
  const vhost = encodeURIComponent(readText(env, 'RABBIT_VIRTUAL_HOST') ?? '/');
  return readList(env, 'RABBIT_ADDRESSES').map((address) => {
    if (!/^(?:\[[0-9a-f:]+\]|[\w.-]+)(?::\d{1,5})?$/i.test(address)) {
      throw refuse('RABBIT_ADDRESSES', 'host:port, separated by commas', address);
    }
    return `${scheme}://${user}:${password}@${address}/${vhost}`;
  });
}
