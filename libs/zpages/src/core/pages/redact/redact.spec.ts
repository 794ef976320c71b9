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
    'accessTokens',
    'api_tokens',
    'x-auth',
    'auth.header',
    'basic_auth',
    'authentication',
    'smtp.pass',
    'pgpass',
    'my_pwd',
    'account_key',
    'AccountKey',
    'master_key',
    'ssh_key',
    'database.dsn',
    'session',
    'sid',
    'PHPSESSID',
    'csrf',
    'x-xsrf',
    'otp',
    'code_verifier',
    's\u00e9cret',
    'pass\u200bword',
    '\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44',
    `${'a'.repeat(200)}.password`,
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
    'messaging.rabbitmq.destination.routing_key',
    'messaging.kafka.message.key',
    'tokens',
    'tokens.count',
    'tokenCount',
    'gen_ai.request.max_tokens',
    'passenger',
    'passenger.name',
    'session.duration',
    'auth.method',
    'partition_key',
    'primaryKey',
    'side',
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
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['sent Basic Ym9iOmh1bnRlcjI=', 'sent Basic [redacted]'],
    ['jwt eyJhbGciOi.eyJzdWIi.c2ln here', 'jwt [redacted] here'],
    ['{"password":"a\\"b","user":"bob"}', '{"password":"[redacted]","user":"bob"}'],
    ["{'token': 'x', 'n': 1}", `{'token':"[redacted]", 'n': 1}`.replace('\':"', '\': "')],
    ['password: geheim', 'password: [redacted]'],
    ['cut amqp://user:hunter2hun', 'cut amqp://[redacted]'],
    ['cut https://user:9hunter', 'cut https://[redacted]'],
    ['amqp://u:a#b@h and http://u:a/b?c@h/x', 'amqp://[redacted]@h and http://[redacted]@h/x'],
    ['u:pw@tcp(127.0.0.1:3306)/db', '[redacted]@tcp(127.0.0.1:3306)/db'],
    ['go https%3A%2F%2Fu%3Apw%40h%2Fx', 'go https%3A%2F%2F[redacted]%40h%2Fx'],
    ['go https%253A%252F%252Fu%253Apw%2540h', 'go https%253A%252F%252F[redacted]%40h'],
    ['/x?next=%2Fy%3Ftoken%3Dabc%26a%3D1', '/x?next=%2Fy%3Ftoken%3D[redacted]%26a%3D1'],
    ['/x?next=%252Fy%253Fsid%253Dabc', '/x?next=%252Fy%253Fsid%253D[redacted]'],
    ['Cookie: a=b; sid=SECRET\r\nHost: x', 'Cookie: [redacted]\r\nHost: x'],
    ['Set-Cookie: sid=SECRET; Path=/', 'Set-Cookie: [redacted]'],
    ['Authorization: ApiKey SECRET', 'Authorization: [redacted]'],
    ['Authorization: Digest username="u", response="SECRET"', 'Authorization: [redacted]'],
    ['X-Api-Key:abc', 'X-Api-Key:[redacted]'],
    [
      '{"body":"{\\"password\\":\\"x\\",\\"n\\":1}"}',
      '{"body":"{\\"password\\":\\"[redacted]\\",\\"n\\":1}"}',
    ],
    [
      JSON.stringify({ a: JSON.stringify({ password: 'x"y', n: 1 }) }),
      JSON.stringify({ a: JSON.stringify({ password: '[redacted]', n: 1 }) }),
    ],
    [
      JSON.stringify(JSON.stringify({ a: JSON.stringify({ token: 'x' }) })),
      JSON.stringify(JSON.stringify({ a: JSON.stringify({ token: '[redacted]' }) })),
    ],
    ['{"password":["x","y"],"n":1}', '{"password":"[redacted]","n":1}'],
    ['{"credentials":{"user":"u","value":["x"]}}', '{"credentials":"[redacted]"}'],
    ['{"client_secret":\n        "x"}', '{"client_secret":\n        "[redacted]"}'],
    ['{"password":"cut', '{"password":"[redacted]"'],
    ["{ password: 'x y', n: 1 }", '{ password: [redacted], n: 1 }'],
    ['password  =  x', 'password  =  [redacted]'],
    ['password="cut off', 'password=[redacted]'],
    ['msg="login password=abc"', 'msg="login password=[redacted]"'],
    ['AccountName=a;AccountKey=abc==', 'AccountName=a;AccountKey=[redacted]'],
    ['api_key: x', 'api_key: [redacted]'],
    ['token:   x', 'token:   [redacted]'],
    ['password: \nx', 'password: \n[redacted]'],
    ['mysql --password x --host h', 'mysql --password [redacted] --host h'],
    [`${'a'.repeat(200)}.password=x`, `${'a'.repeat(200)}.password=[redacted]`],
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
    'connect http://localhost:8080',
    'at http://host:80/x@y',
    'see http://[::1]:80 and http://[::1]:80/a@b',
    'mongodb://a:1,b:2/x',
    'auth:login',
    'auth: login failed',
    'session:create',
    'token:refresh',
    'tokens.count: 5, max_tokens=12',
    '"author": "bob", "passenger": "eve"',
    'routing_key=a.b --verbose x',
    'a%3D1%26b%3D2',
    'Error: connect ECONNREFUSED 127.0.0.1:5672',
  ])('without one stays: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it.each([
    'a',
    '=',
    'a=',
    'a= ',
    '://',
    '://:',
    'a://b:',
    'http://a:b',
    '"',
    "'",
    '\\',
    '\\"',
    '"a":',
    '"password":"',
    "'token':'",
    'eyJ',
    'eyJ-',
    'eyJ-.',
    'bearer ',
    'Basic ',
    'basic  ',
    'a:',
    'a: ',
    'token: ',
    'a-',
    '--',
    '--a ',
    '--token ',
    ' ',
    '%',
    '%25',
    '%3D',
    '%3A%2F%2F',
    '%3A%2F%2Fa%40',
    'a%3D',
    'token%3D',
    '@',
    'a:b@',
    'a.',
    ':',
    '{"password":[',
    '[',
    'cookie:',
    'cookie: a\n',
    'authorization',
    'password="',
    "password='",
    'password =',
    'x-',
    'x-key',
    '"a\\',
  ])('of %j over and over is read in linear time', (piece) => {
    const cpuMicros = (size: number) => {
      const text = `=@ ${piece.repeat(size / piece.length)}!`;
      let best = Infinity;
      for (let round = 0; round < 3; round++) {
        const begun = process.cpuUsage();
        redactText(text);
        const { user, system } = process.cpuUsage(begun);
        best = Math.min(best, user + system);
      }
      return best;
    };
    cpuMicros(1024);
    // Linear costs 16 times as much, quadratic 256 times; a clock of microseconds needs a floor.
    const [small, large] = [cpuMicros(16_384), cpuMicros(262_144)];
    expect(large).toBeLessThan(80 * Math.max(small, 1000));
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
