import { Logger } from '@nestjs/common';
import { messageOf } from './broker-away-error.js';

/** What Nest's transport says right before the reason, which then is one line of its own here. */
const ANNOUNCEMENTS = /^(?:Disconnected from RMQ|Connection to transport failed)\./;

/**
 * The logger of a transport that comes back by itself: Nest logs a lost connection as two errors, the second an
 * object whose stack fills the screen and whose URL may hold a password. Here it is one warning of one line.
 */
export class CalmLogger extends Logger {
  override error(message: unknown, ...rest: unknown[]): void {
    if (typeof message !== 'string') this.warn(`RabbitMQ is away, trying again: ${reasonOf(message)}`);
    else if (!ANNOUNCEMENTS.test(message)) super.error(message, ...rest);
  }
}

/** What amqp-connection-manager emits is `{ err, url }` or an error. */
function reasonOf(thrown: unknown): string {
  const error = typeof thrown === 'object' && thrown !== null && 'err' in thrown ? thrown.err : thrown;
  if (error === undefined || error === null) return 'the connection was lost';
  return messageOf(error).replaceAll(/\s*\n\s*/g, ' ');
}
