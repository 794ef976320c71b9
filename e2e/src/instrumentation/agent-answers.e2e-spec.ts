import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyPair, signText, WEAVER } from '@distrace/instrumentation/wire';
import { makeCertificate } from './support/certificates.ts';
import { startFakeServer } from './support/fake-server.ts';
import type { FakeServer, FakeServerOptions } from './support/fake-server.ts';
import { startRawServer } from './support/hostile-servers.ts';
import { makeApp } from './support/run-app.ts';
import type { AppRun, TestApp } from './support/run-app.ts';

const FILES = {
  'main.mjs': "import { marked } from './one.mjs';\nconsole.log(marked(2));",
  'one.mjs': 'export function marked(a) { return a + 1; }',
};

async function expectUntraced(app: TestApp, run: AppRun, warning: RegExp): Promise<void> {
  expect(run).toMatchObject({ code: 0, stdout: '3\n' });
  expect(run.stderr).toMatch(/^distrace: [^\n]+\n$/);
  expect(run.stderr).toMatch(warning);
  expect(await app.seenNames()).toEqual([]);
}

/** Without packs, so that each start knows only what is kept of single answers. */
const noPack: FakeServerOptions['changeAnswer'] = (answer) => ({ ...answer, pack: null });

const instrumentsOf = (server: FakeServer) => server.requests.filter(({ url }) => url === '/v1/instrument');

describe('an answer that a file is not marked', () => {
  it.each<[string, (keys: FakeServer['keys']) => object]>([
    ['is not signed', () => ({})],
    ['is signed for other bytes', (keys) => ({ edits: listOf({ source: '0'.repeat(64) }, keys) })],
    ['is signed by another key', () => ({ edits: listOf({}, createKeyPair()) })],
    ['is signed as something else', (keys) => ({ edits: signText('pack', '{}', keys.privateKey) })],
  ])('I41: is refused and not kept when it %s', async (_, more) => {
    await using server = await startFakeServer({ changeAnswer: noPack });
    await using app = await makeApp(FILES);
    server.options = {
      changeAnswer: noPack,
      changeInstrument: () => ({ status: 'not-marked', phase: 'sent', ...more(server.keys) }),
    };
    await expectUntraced(app, await app.run('main.mjs', { args: server.args() }), /DT_ERR_AGENT_[A-Z_]+:/);

    server.options = { changeAnswer: noPack };
    expect(await app.run('main.mjs', { args: server.args() })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I23: is kept when it is signed for these bytes', async () => {
    await using server = await startFakeServer({ changeAnswer: noPack });
    await using app = await makeApp({
      'main.mjs': "import { three } from './one.mjs';\nconsole.log(three);",
      'one.mjs': 'export const three = 3; // Nothing of it is marked.',
    });
    for (let start = 0; start < 2; start += 1) {
      expect(await app.run('main.mjs', { args: server.args() })).toMatchObject({ stdout: '3\n', stderr: '' });
      // By hash, then with the source; the second start asks nothing.
      expect(instrumentsOf(server)).toHaveLength(2);
    }
  });

  it('I41: and woven edits of other bytes, though signed, are not kept either', async () => {
    await using server = await startFakeServer({
      changeAnswer: noPack,
      changeEdits: (list) => ({ ...list, source: '0'.repeat(64) }),
    });
    await using app = await makeApp(FILES);
    await expectUntraced(app, await app.run('main.mjs', { args: server.args() }), /for this source/);
    server.options = { changeAnswer: noPack };
    await app.run('main.mjs', { args: server.args() });
    expect(await app.seenNames()).toEqual(['marked']);
  });
});

function listOf(other: object, { privateKey }: FakeServer['keys']): string {
  const list = { v: 1, source: '', format: 'esm', weaver: WEAVER, edits: [], probes: [], ...other };
  return signText('edits', JSON.stringify(list), privateKey);
}

function answers(status: number, body: object | string, type = 'application/json'): FakeServerOptions {
  return {
    instead: (_, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
      return true;
    },
  };
}

describe('a server that refuses says why in the warning:', () => {
  const body = { statusCode: 0, code: 'DT_ERR_SERVER_TOKEN', message: 'A request must have a token.' };

  it.each([401, 403])('status %i is DT_ERR_AGENT_DENIED, with what to do', async (status) => {
    await using server = await startFakeServer(answers(status, body));
    await using app = await makeApp(FILES);
    await expectUntraced(
      app,
      await app.run('main.mjs', { args: server.args() }),
      new RegExp(
        `DT_ERR_AGENT_DENIED: .* status 200, got ${status}, DT_ERR_SERVER_TOKEN: A request must have a token\\.; set token=`,
      ),
    );
    const run = await app.run('main.mjs', { args: server.args({ token: 'not-this-one' }) });
    await expectUntraced(app, run, /; correct token=/);
    expect(run.stderr).not.toContain('not-this-one');
  });

  it.each([400, 409, 429, 500, 503])('status %i has code and message', async (status) => {
    await using server = await startFakeServer(answers(status, body));
    await using app = await makeApp(FILES);
    const run = await app.run('main.mjs', { args: server.args() });
    await expectUntraced(
      app,
      run,
      new RegExp(
        `DT_ERR_AGENT_NO_ANSWER: .* got ${status}, DT_ERR_SERVER_TOKEN: A request must have a token\\.`,
      ),
    );
  });

  it.each<[string, object | string]>([
    ['is no JSON', '\u001b[31mred'],
    ['is nothing', ''],
    ['is null', 'null'],
    ['has other types', { code: 7, message: ['a'] }],
    ['is huge', { code: 'A', message: 'x'.repeat(1_000_000) }],
    ['moves the cursor', { code: 'A\u001b[2J', message: 'a\r\nb\u202ec\u009b1m\u0000' }],
  ])('a body that %s leaves one short, printable line', async (_, said) => {
    await using server = await startFakeServer(answers(500, said));
    await using app = await makeApp(FILES);
    const run = await app.run('main.mjs', { args: server.args() });
    await expectUntraced(app, run, /got 500/);
    expect(run.stderr.length).toBeLessThan(700);
    expect(run.stderr).toMatch(/^[^\p{Cc}\p{Cf}]+\n$/u);
  });

  it('as well for a file, and for a start by --require', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    server.options = {
      instead: (request, response) =>
        request.url === '/v1/instrument' && answers(403, body).instead!(request, response, () => ''),
    };
    const denied = /DT_ERR_AGENT_DENIED: .* got 403, DT_ERR_SERVER_TOKEN: A request/;
    await expectUntraced(app, await app.run('main.mjs', { args: server.args() }), denied);
    server.options = answers(403, body);
    const { createRequire } = await import('node:module');
    const flags = ['--require', createRequire(import.meta.url).resolve('@distrace/agent/register')];
    const args = server.args({ cache_dir: join(app.folder, 'other') });
    await expectUntraced(app, await app.run('main.mjs', { args, flags }), denied);
  });

  it('and each request says which agent asks', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp({
      ...FILES,
      'main.mjs': `${FILES['main.mjs']}\nimport { Worker } from 'node:worker_threads';\nnew Worker(new URL('./two.mjs', import.meta.url));`,
      'two.mjs': 'export function markedToo() {}\nmarkedToo();',
    });
    await app.run('main.mjs', { args: server.args() });
    expect(await app.seenNames()).toEqual(['marked', 'markedToo']);
    const ids = server.requests.map(({ headers }) => headers['distrace-agent']);
    const { agent } = server.requests[0]!.body as { agent: { agentId: string } };
    expect(new Set(ids)).toEqual(new Set([agent.agentId]));
    for (const { headers } of server.requests) {
      expect(headers['user-agent']).toMatch(/^distrace-agent\/\d+\.\d+\.\d+$/);
    }
  });
});

describe('the connection for questions about files', () => {
  const FOUR = {
    'main.cjs': "console.log(['a', 'b', 'c'].map((name) => require(`./${name}.cjs`)()).join());",
    ...Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [
        `${name}.cjs`,
        `module.exports = function marked_${name}() { return 1; };`,
      ]),
    ),
  };
  const MARKED = ['marked_a', 'marked_b', 'marked_c'];

  it('is made again, without a warning, when the server has closed it meanwhile', async () => {
    const used = new WeakSet<object>();
    let closed = 0;
    await using server = await startFakeServer({
      instead: ({ socket }) => {
        const isUsed = used.has(socket);
        used.add(socket);
        if (isUsed) socket.destroy();
        if (isUsed) closed += 1;
        return isUsed;
      },
    });
    await using app = await makeApp(FOUR);
    expect(await app.run('main.cjs', { args: server.args() })).toMatchObject({
      stdout: '1,1,1\n',
      stderr: '',
    });
    expect(await app.seenNames()).toEqual(MARKED);
    expect(closed).toBe(5);
  });

  it('is not made again when an answer takes too long', async () => {
    let asked = 0;
    await using server = await startFakeServer({
      instead: ({ url }) => url === '/v1/instrument' && (asked += 1) > 1,
    });
    const main = "require('./main.cjs');\nsetTimeout(() => undefined, 1500);";
    await using app = await makeApp({ ...FOUR, 'slow.cjs': main });
    const run = await app.run('slow.cjs', { args: server.args({ timeout_ms: '1000' }) });
    expect(run).toMatchObject({ code: 0, stdout: '1,1,1\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_NO_ANSWER: [^\n]+ within 1000 ms\n$/);
    expect(asked).toBe(2);
  });

  it.each([false, true])('is one for all of them, with TLS: %s', async (isTls) => {
    await using app = await makeApp(FOUR);
    const sockets = new Set<object>();
    await using server = await startFakeServer({
      ...(isTls && { tls: await makeCertificate(app.folder) }),
      instead: ({ socket, url }) => {
        if (url === '/v1/instrument') sockets.add(socket);
        return false;
      },
    });
    const connection = isTls ? `https://localhost:${server.port}` : `127.0.0.1:${server.port}`;
    const env: Record<string, string> = isTls ? { NODE_EXTRA_CA_CERTS: join(app.folder, 'cert.pem') } : {};
    const run = await app.run('main.cjs', { args: server.args({ connection }), env });
    expect(run).toMatchObject({ stdout: '1,1,1\n', stderr: '' });
    expect(await app.seenNames()).toEqual(MARKED);
    expect(sockets.size).toBe(1);
  });
});

describe('TLS on one side only', () => {
  it('is found when the server has it and the agent does not', async () => {
    await using app = await makeApp(FILES);
    await using server = await startFakeServer({ tls: await makeCertificate(app.folder) });
    await expectUntraced(
      app,
      await app.run('main.mjs', { args: server.args() }),
      new RegExp(`DT_ERR_AGENT_NO_ANSWER: .*TLS.* connection=https://127.0.0.1:${server.port};`),
    );
  });

  it.each<[string, string | Buffer]>([
    ['an alert', Buffer.from([0x15, 3, 3, 0, 2, 2, 70])],
    [
      'as nginx does',
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 54\r\n\r\n<h1>The plain HTTP request was sent to HTTPS port</h1>',
    ],
    ['as Go does', 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'],
  ])('is found when the server answers with %s', async (_, bytes) => {
    await using server = await startRawServer((socket) => socket.once('data', () => socket.end(bytes)));
    await using app = await makeApp(FILES);
    const args = `connection=127.0.0.1:${server.port};public_key=${createKeyPair().publicKey};service=app;timeout_ms=10000`;
    const warning = new RegExp(`TLS; ask with connection=https://127.0.0.1:${server.port};`);
    await expectUntraced(app, await app.run('main.mjs', { args }), warning);
  });

  it('is found when the agent has it and the server does not', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const args = server.args({ connection: `https://127.0.0.1:${server.port}` });
    const warning = new RegExp(`speaks no TLS; .* connection=127.0.0.1:${server.port};`);
    await expectUntraced(app, await app.run('main.mjs', { args }), warning);
  });
});

describe('a certificate', () => {
  it('of an authority of one’s own is told with NODE_EXTRA_CA_CERTS', async () => {
    await using app = await makeApp(FILES);
    await using server = await startFakeServer({ tls: await makeCertificate(app.folder) });
    const args = server.args({ connection: `https://localhost:${server.port}` });
    await expectUntraced(app, await app.run('main.mjs', { args }), /NODE_EXTRA_CA_CERTS=/);
    const env = { NODE_EXTRA_CA_CERTS: join(app.folder, 'cert.pem') };
    expect(await app.run('main.mjs', { args, env })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it.each([
    ['has expired', { isExpired: true }, /has expired/],
    ['is of another name', { host: 'other.example' }, /for other names than localhost/],
  ] as const)('I44: that %s is refused, though its authority is known', async (_, options, warning) => {
    await using app = await makeApp(FILES);
    await using server = await startFakeServer({ tls: await makeCertificate(app.folder, options) });
    const args = server.args({ connection: `https://localhost:${server.port}` });
    const env = { NODE_EXTRA_CA_CERTS: join(app.folder, 'cert.pem') };
    await expectUntraced(app, await app.run('main.mjs', { args, env }), warning);
    expect(server.requests).toEqual([]);
  });

  it('I26: that comes a byte a second costs the deadline once', async () => {
    await using server = await startRawServer((socket) => {
      const hello = Buffer.from([0x16, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3]);
      let at = 0;
      const timer = setInterval(() => socket.write(hello.subarray(at, (at += 1))), 1000);
      socket.on('close', () => clearInterval(timer));
    });
    await using app = await makeApp(FILES);
    const args = `connection=https://127.0.0.1:${server.port};public_key=${createKeyPair().publicKey};service=app;timeout_ms=500`;
    const run = await app.run('main.mjs', { args });
    await expectUntraced(app, run, /no whole answer within 500 ms/);
    expect(run.ms).toBeLessThan(15_000);
  });
});
