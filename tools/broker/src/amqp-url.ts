import { BrokerError } from './errors.ts';

/** Where an AMQP URL points and who logs in. */
export interface AmqpTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

const form = 'amqp://USER:PASSWORD@HOST:PORT/VHOST';

/** Takes an AMQP URL apart; guest:guest, port 5672 (5671 for amqps) and vhost "/" where it says nothing. Throws DT_ERR_AMQP_URL. */
export function parseAmqpUrl(text: string): AmqpTarget {
  const url = readUrl(text);
  if (url == null || url.hostname === '') {
    // What came is not repeated: a URL gone wrong may still hold a password, and anywhere.
    throw new BrokerError(
      'DT_ERR_AMQP_URL',
      `An AMQP URL has the form ${form}, but the one given has not. Correct it, or leave it out.`,
    );
  }
  const tls = url.protocol === 'amqps:';
  const anonymous = url.username === '' && url.password === '';
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (tls ? 5671 : 5672) : Number(url.port),
    tls,
    username: anonymous ? 'guest' : decode(url.username),
    password: anonymous ? 'guest' : decode(url.password),
    vhost: decode(url.pathname.slice(1)) || '/',
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BrokerError(
      'DT_ERR_AMQP_URL',
      `An AMQP URL (${form}) writes special characters as %XX, but the one given has a lone "%". Write it as %25.`,
    );
  }
}

/** The URL fit for a log: no user, no password, no query. What cannot be read is not shown at all. */
export function redactAmqpUrl(text: string): string {
  const url = readUrl(text);
  if (url == null) return '(not an AMQP URL)';
  const who = url.username === '' && url.password === '' ? '' : '***@';
  return `${url.protocol}//${who}${url.host}${url.pathname}`;
}

function readUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'amqp:' || url?.protocol === 'amqps:' ? url : undefined;
}
