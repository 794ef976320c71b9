import { describe, expect, it } from 'vitest';
import { parseAmqpUrl, redactAmqpUrl } from './amqp-url.ts';

describe('parseAmqpUrl', () => {
  it('fills in guest, the port and the vhost', () => {
    const guest = { username: 'guest', password: 'guest', vhost: '/' };
    expect(parseAmqpUrl('amqp://h')).toEqual({ host: 'h', port: 5672, tls: false, ...guest });
    expect(parseAmqpUrl('amqps://h/')).toEqual({ host: 'h', port: 5671, tls: true, ...guest });
  });

  it('decodes what is written as %XX', () => {
    expect(parseAmqpUrl('amqp://me:a%2Fb%40c@[::1]:1234/%2Fteam')).toEqual({
      host: '::1',
      port: 1234,
      tls: false,
      username: 'me',
      password: 'a/b@c',
      vhost: '/team',
    });
  });

  it.each([
    '',
    'localhost:5672',
    'http://u:secret@h',
    'amqp://',
    'amqp://u:secret%@h',
    '%%%secret',
    'secret:pw@h',
  ])('refuses %j without repeating it', (text) => {
    expect(() => parseAmqpUrl(text)).toThrow(expect.objectContaining({ code: 'DT_ERR_AMQP_URL' }));
    expect(() => parseAmqpUrl(text)).not.toThrow(/secret/);
  });
});

describe('redactAmqpUrl', () => {
  it('shows neither user nor password nor query', () => {
    expect(redactAmqpUrl('amqps://me:secret@h:1/v?password=secret')).toBe('amqps://***@h:1/v');
    expect(redactAmqpUrl('amqp://:secret@h')).toBe('amqp://***@h');
    expect(redactAmqpUrl('amqp://h:5672')).toBe('amqp://h:5672');
  });

  it('shows nothing of what is not an AMQP URL', () => {
    for (const text of ['me:secret@h', '//me:secret@h', 'secret', 'http://secret']) {
      expect(redactAmqpUrl(text)).toBe('(not an AMQP URL)');
    }
  });
});
