import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { asBrokerAwayError } from './broker-away-error.js';

describe('asBrokerAwayError', () => {
  it('says why the connection failed and hides the password', () => {
    const error = asBrokerAwayError({ err: new Error('connect ECONNREFUSED'), url: 'amqp://u:secret@host' });
    expect(error.message).toBe('the broker is away: connect ECONNREFUSED');
    expect(inspect(error)).not.toContain('secret');
  });

  it('reads the string of a lost connection', () => {
    const { message } = asBrokerAwayError('Error: Connection lost. Trying to reconnect...');
    expect(message).toBe('the broker is away: Connection lost. Trying to reconnect');
  });

  it('falls back to the code of an error without a message', () => {
    const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(asBrokerAwayError(error).message).toBe('the broker is away: ECONNREFUSED');
  });
});
