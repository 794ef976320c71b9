import { connect, type ConfirmChannel, type GetMessage } from 'amqplib';
import { deadLetterName } from './topology.js';

/** A dead letter in the kept queue, as a person wants to see it. */
export interface KeptLetter {
  /** The task's id, where there is one. */
  readonly id: string | undefined;
  /** The queue in which it died first; also where it goes when it is put back. */
  readonly queue: string | undefined;
  /** Why it died there: `delivery_limit`, `rejected`, … */
  readonly reason: string | undefined;
  readonly diedAt: Date | undefined;
  /** 32 hex digits. */
  readonly traceId: string | undefined;
  readonly bytes: number;
  /** The first 200 characters. */
  readonly start: string;
}

const SHOWN_CHARS = 200;

/** Looks at the dead letters of a prefix, oldest first, at most `limit` (default 100). They stay where they are. */
export async function lookAtKept(
  url: string,
  prefix: string,
  { limit = 100 }: { readonly limit?: number } = {},
): Promise<readonly KeptLetter[]> {
  return withKept(url, prefix, async (next) => {
    const letters: KeptLetter[] = [];
    for (let message = await next(); message !== undefined; message = await next()) {
      letters.push(letterOf(message));
      if (letters.length >= limit) break;
    }
    return letters;
  });
}

/**
 * Puts dead letters back into the queue in which they died, with their trace and as if they had never been
 * delivered; answers those. A letter leaves the kept queue when the broker has confirmed it in the other, so a
 * crash in between leaves it in both. One whose queue is gone stays.
 */
export async function putBackKept(
  url: string,
  prefix: string,
  isChosen: (letter: KeptLetter) => boolean,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<readonly KeptLetter[]> {
  return withKept(url, prefix, async (next, channel) => {
    const returned: KeptLetter[] = [];
    // To ask for the queue first would close the channel where there is none, and it could go in between: a mandatory
    // message without a queue comes back before it is confirmed.
    let gone = false;
    channel.on('return', () => {
      gone = true;
    });
    for (let message = await next(); message !== undefined; message = await next()) {
      const letter = letterOf(message);
      if (!isChosen(letter) || !isQueueName(letter.queue)) continue;
      gone = false;
      const { headers = {}, ...properties } = message.properties;
      channel.sendToQueue(letter.queue, message.content, {
        ...properties,
        persistent: true,
        mandatory: true,
        headers: sentAgain(withoutDeath(headers), now()),
      });
      await channel.waitForConfirms();
      if (gone) continue;
      channel.ack(message);
      returned.push(letter);
    }
    return returned;
  });
}

/** Deletes dead letters for good; answers those. */
export async function dropKept(
  url: string,
  prefix: string,
  isChosen: (letter: KeptLetter) => boolean,
): Promise<readonly KeptLetter[]> {
  return withKept(url, prefix, async (next, channel) => {
    const dropped: KeptLetter[] = [];
    for (let message = await next(); message !== undefined; message = await next()) {
      const letter = letterOf(message);
      if (!isChosen(letter)) continue;
      channel.ack(message);
      dropped.push(letter);
    }
    return dropped;
  });
}

/** The header is only what the message says of itself; amqplib throws at a longer name, and then never confirms. */
function isQueueName(name: string | undefined): name is string {
  return name !== undefined && name !== '' && Buffer.byteLength(name) <= 255;
}

type Next = () => Promise<GetMessage | undefined>;

/** What is taken and not acknowledged is back in its place before this resolves. */
async function withKept<T>(
  url: string,
  prefix: string,
  use: (next: Next, channel: ConfirmChannel) => Promise<T>,
): Promise<T> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    const queue = deadLetterName(prefix);
    // Those of now: one that is put back may be dead again before the last is.
    let { messageCount: left } = await channel.checkQueue(queue);
    const next = async () => (left-- > 0 && (await channel.get(queue))) || undefined;
    const value = await use(next, channel);
    // The queue answers when it has them back; a channel that closes does not wait for that, and whoever looked next
    // found nothing.
    channel.nackAll();
    await channel.checkQueue(queue);
    await channel.close();
    return value;
  } finally {
    await connection.close().catch(() => undefined);
  }
}

function letterOf({ content, properties }: GetMessage): KeptLetter {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const deaths: readonly unknown[] = Array.isArray(headers['x-death']) ? headers['x-death'] : [];
  // The latest death comes first.
  const seconds = fieldsOf(fieldsOf(deaths.at(-1))['time'])['value'];
  const text = content.toString();
  return {
    id: textOf(fieldsOf(fieldsOf(parsed(text))['data'])['id']),
    queue: textOf(headers['x-first-death-queue']),
    reason: textOf(headers['x-first-death-reason']),
    diedAt: typeof seconds === 'number' ? new Date(seconds * 1000) : undefined,
    traceId: textOf(headers['traceparent'])?.split('-')[1],
    bytes: content.length,
    start: text.slice(0, SHOWN_CHARS),
  };
}

/** The headers of the message as it was sent: what the broker added on its way here would count against it. */
function withoutDeath(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const added = /^x-(?:death|delivery-count|acquired-count|(?:first|last)-death-(?:queue|reason|exchange))$/;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !added.test(name)));
}

/** A time of publishing becomes the one of now, or the days in the kept queue would count as waiting for a consumer. */
function sentAgain(headers: Readonly<Record<string, unknown>>, nowMs: number): Record<string, unknown> {
  const name = 'timestamp_in_ms';
  return name in headers ? { ...headers, [name]: nowMs } : { ...headers };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
