import { Logger } from '@nestjs/common';
import { afterEach, expect, it, vi } from 'vitest';
import { CalmLogger } from './calm-logger.js';

afterEach(() => {
  vi.restoreAllMocks();
});

function said(speak: (logger: CalmLogger) => void): readonly string[] {
  const lines: string[] = [];
  for (const level of ['error', 'warn'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => {
      lines.push(`${level}: ${String(message)}`);
    });
  }
  speak(new CalmLogger('QueueServer'));
  return lines;
}

it('says a lost connection in one line, without stack and without the URL', () => {
  const err = new Error('Connection closed: 541 (INTERNAL-ERROR)\n with message "INTERNAL_ERROR"');
  const lines = said((logger) => {
    logger.error('Connection to transport failed. Trying to reconnect...');
    logger.error('Disconnected from RMQ. Trying to reconnect.');
    logger.error({ err, url: 'amqp://somebody:secret@127.0.0.1' });
  });
  expect(lines).toEqual([
    'warn: RabbitMQ is away, trying again: Connection closed: 541 (INTERNAL-ERROR) with message "INTERNAL_ERROR"',
  ]);
});

it.each([
  [{ err: undefined }, 'the connection was lost'],
  [undefined, 'the connection was lost'],
  [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
])('finds words for %j', (thrown, reason) => {
  expect(said((logger) => logger.error(thrown))).toEqual([`warn: RabbitMQ is away, trying again: ${reason}`]);
});

it('passes other errors on as they are', () => {
  expect(said((logger) => logger.error('no handler'))).toEqual(['error: no handler']);
});
