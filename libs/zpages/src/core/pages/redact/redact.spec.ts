import { describe, expect, it } from 'vitest';
import { redactAnswer } from './redact-answer.js';
import { redactText } from './redact-text.js';
import { isSecretKey } from './secret-key.js';

describe('the name of an attribute', () => {
  it.each([
    'authorization',
    'http.request.header.authorization',
    'http.request.header.x-api-key',
    'http.response.header.set-cookie',
    'Cookie',
    'password',
    'dbPassword',
    'db.user.passwd',
    'db.pwd',
    'token',
    'access_token',
    'refreshToken',
    'api key',
    'apiKey',
    'API_KEY',
    'client_secret',
    'aws.credentials',
    'x-amz-signature',
    'X-Amz-Security-Token',
    'private_key',
    'ssh.passphrase',
    'auth',
    'jwt',
    'api%5Fkey',
    'session-id',
  ])('%s says that its value is a secret', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each([
    'http.request.method',
    'messaging.destination.name',
    'author',
    'author.name',
    'authority',
    'key',
    'db.key',
    'monkey',
    'gen_ai.usage.input_tokens',
    'token.count',
    'compass',
    'bypass',
    'design',
    'exception.message',
    '',
  ])('%s says nothing of the kind', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
});

describe('a text', () => {
  it.each([
    ['http://bob:hunter2@host/x', 'http://[redacted]@host/x'],
    ['see amqp://guest:gu@est@broker:5672/v and go', 'see amqp://[redacted]@broker:5672/v and go'],
    ['redis://:pw@h', 'redis://[redacted]@h'],
    ['https://h/p?token=abc&x=1#f', 'https://h/p?token=[redacted]&x=1#f'],
    ['/p?a=1&api_key=k&b=2', '/p?a=1&api_key=[redacted]&b=2'],
    ['/p?key=AIza&sig=s&code=c', '/p?key=[redacted]&sig=[redacted]&code=[redacted]'],
    [
      'https://s3/x?X-Amz-Credential=AK&X-Amz-Signature=ff',
      'https://s3/x?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]',
    ],
    ['/p?filter[password]=x', '/p?filter[password]=[redacted]'],
    ['/p?pass%77ord=x', '/p?pass%77ord=[redacted]'],
    ['token=abc', 'token=[redacted]'],
    ['Server=db;Password=geheim;X=1', 'Server=db;Password=[redacted];X=1'],
    ['login password="a b" ok', 'login password=[redacted] ok'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted] [redacted]'],
    ['sent Basic Ym9iOmh1bnRlcjI=', 'sent Basic [redacted]'],
    ['jwt eyJhbGciOi.eyJzdWIi.c2ln here', 'jwt [redacted] here'],
    ['{"password":"a\\"b","user":"bob"}', '{"password":"[redacted]","user":"bob"}'],
    ["{'token': 'x', 'n': 1}", `{'token':"[redacted]", 'n': 1}`.replace('\':"', '\': "')],
    ['password: geheim', 'password: [redacted]'],
  ])('with a credential loses it: %s', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  it.each([
    'GET /tasks/:id',
    'mail to bob@host.test',
    'http://host/a@b',
    'SELECT * FROM t WHERE a = 1',
    'a=b&c=d',
    'the basic idea',
    'code=200',
    'key=1',
    '',
    'eyJ',
    'process tasks',
  ])('without one stays: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it.each([
    ['a'.repeat(100_000) + '='],
    ['http://' + 'a'.repeat(100_000)],
    ['://'.repeat(30_000) + '@'],
    ['"'.repeat(100_000) + 'password":"'],
    ['a='.repeat(50_000)],
    ["'token':'".repeat(12_000)],
    ['eyJ'.repeat(30_000)],
    ['bearer '.repeat(15_000)],
  ])('is read in linear time whatever it holds (%#)', (text) => {
    const begun = performance.now();
    redactText(text);
    // Quadratic would take minutes.
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('an answer', () => {
  it('loses the values of secret attributes, also those that are no text, wherever they stand', () => {
    const answer = {
      spans: [
        {
          name: 'amqp://a:b@h',
          attributes: [
            { key: 'password', value: 12_345 },
            { key: 'cookie', value: ['a', 'b'], cut: true },
            { key: 'url.full', value: ['http://a:b@h', 1] },
          ],
          events: [{ attributes: [{ key: 'token', value: true }] }],
        },
      ],
    };
    expect(redactAnswer(answer)).toEqual({
      spans: [
        {
          name: 'amqp://[redacted]@h',
          attributes: [
            { key: 'password', value: '[redacted]' },
            { key: 'cookie', value: '[redacted]' },
            { key: 'url.full', value: ['http://[redacted]@h', 1] },
          ],
          events: [{ attributes: [{ key: 'token', value: '[redacted]' }] }],
        },
      ],
    });
    expect(answer.spans[0]?.name).toBe('amqp://a:b@h');
  });

  it('without secrets is the answer itself', () => {
    const answer = { rows: [{ name: 'a', latency: [1, 2] }], n: null, u: undefined };
    expect(redactAnswer(answer)).toBe(answer);
  });
});
