import { describe, expect, it } from 'vitest';
import { deadLetterName, failuresArguments, queueArguments, queueName, withoutPrefix } from './topology.js';

describe('the working queues', () => {
  it('keep what they give up: at least once, to the dead letters of their prefix, never dropped when full', () => {
    expect(queueArguments('a-')).toEqual({
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': deadLetterName('a-'),
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
      'x-delivery-limit': 10,
    });
  });

  it('are told apart by prefix, which span names go without', () => {
    expect(queueName('a-', 'tasks')).toBe('a-tasks');
    expect(withoutPrefix('a-')(queueName('a-', 'tasks'))).toBe('tasks');
    expect(withoutPrefix('a-')(queueName('b-', 'tasks'))).toBe('b-tasks');
  });
});

describe('the queue of failures', () => {
  it('gives its own dead letters to the kept queue alone, so that none comes round again', () => {
    expect(failuresArguments('a-')).toEqual({
      ...queueArguments('a-'),
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLetterName('a-'),
    });
  });
});
