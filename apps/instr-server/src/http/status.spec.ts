import { describe, expect, it, onTestFinished } from 'vitest';
import { METRICS } from '../stats/prometheus.js';
import { cleanWith, facts, fileOf, makeExtension, ORDERS, startServer } from '../testing.spec.helper.js';

cleanWith(onTestFinished);

const HOSTILE = [
  '"><img src=x onerror=alert(1)>',
  '</table><script>alert(1)</script>',
  "' onmouseover='x",
  '&amp;',
];

describe('the status page', () => {
  it('shows who runs what, which rules are applied, and where answers came from', async () => {
    const server = await startServer();
    const { rulesHash } = server.core.book;
    await server.handshake({ rulesHash, woven: 12, process: { eventLoopDelayMs: 1.5 } });
    await server.handshake({
      agentId: 'b'.repeat(16),
      service: 'bank',
      rulesHash: 'f'.repeat(64),
      missed: 3,
    });
    await server.instrument(fileOf(ORDERS), ORDERS);
    await server.instrument(fileOf(ORDERS), ORDERS);
    const unmarked = 'exports.other = 1;\n';
    await server.instrument(fileOf(unmarked, { path: 'dist/other.js' }), unmarked);
    const { status, headers, text } = await server.ask('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    for (const words of [
      'shop',
      'bank',
      'applied',
      'older',
      'orders',
      'eventLoopDelayMs: 1.5',
      '<details>',
      'of 2 files looked at',
      'the result was cached',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toMatch(/<dt>Woven<\/dt>\s*<dd>1<\/dd>/);
    expect(text).toContain('http-equiv="refresh"');
    expect(text).not.toContain('<script');
  });

  it('I13, I27: shows what hooks threw, and who has ended, at once', async () => {
    const server = await startServer();
    await server.handshake({ hookErrors: { orders: 12 } });
    await server.handshake({ agentId: 'b'.repeat(16) });
    const stats = await server.stats();
    expect([stats.rules[0]?.errors, stats.counters['agents']]).toEqual([12, 2]);
    expect((await server.ask('/metrics')).text).toContain('rule_hook_errors{rule="orders"} 12');
    expect((await server.ask('/')).text).toContain('12 errors in hooks');

    const last = facts({ agentId: 'b'.repeat(16), woven: 7 });
    const body = JSON.stringify({ agent: last });
    const said = await server.ask(`/v1/agents/${last.agentId}`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      body,
    });

    expect(said.status).toBe(204);
    const { agents } = (await server.ask('/v1/agents')).json();
    expect(agents).toMatchObject([{ state: 'ended', facts: { woven: 7 } }, { state: 'running' }]);
    expect((await server.stats()).counters['agents']).toBe(1);
    expect((await server.ask('/')).text).toContain('ended, 0 s ago');
  });

  it('lets nothing of it run or load that is not its own', async () => {
    const server = await startServer();
    const policy = String((await server.ask('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const style = await server.ask('/status.css');
    expect([style.status, style.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
  });

  it('shows whatever an agent says as text', async () => {
    const server = await startServer();
    for (const [i, text] of HOSTILE.entries()) {
      const agentId = `${i}`.repeat(16);
      await server.handshake({
        agentId,
        service: text,
        agentVersion: text,
        node: text,
        process: { [text]: i },
      });
    }
    const { text } = await server.ask('/');
    for (const hostile of HOSTILE) expect(text).not.toContain(hostile);
    expect(text).toContain('&#34;&#62;&#60;img');
  });

  it('stays small with ten thousand processes', async () => {
    const server = await startServer();
    for (let i = 0; i < 10_100; i++) {
      server.core.agents.seen(facts({ agentId: i.toString(16).padStart(16, '0') }));
    }
    const { text } = await server.ask('/');
    expect(text).toContain('9,800 more are not shown.');
    expect(text.length).toBeLessThan(400_000);
  });
});

describe('GET /metrics', () => {
  it('gives every number of the table, with labels escaped', async () => {
    const server = await startServer({ extensions: [makeExtension({ orders: `method('place')` })] });
    await server.instrument(fileOf(ORDERS), ORDERS);
    await server.ask('/nothing');
    const { headers, text } = await server.ask('/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    for (const { name, type } of METRICS) {
      expect(text).toMatch(
        new RegExp(`^distrace_instr_server_${name}${type === 'counter' ? '_total' : ''} \\d`, 'm'),
      );
    }
    expect(text).toContain('distrace_instr_server_answers_total{status="woven",phase="sent"} 1');
    expect(text).toContain('distrace_instr_server_rule_functions{rule="orders"} 1');
    expect(text).toContain('distrace_instr_server_problems_total{code="DT_ERR_SERVER_PATH"} 1');
    expect(Object.keys((await server.stats()).counters).toSorted()).toEqual(
      METRICS.map(({ counter }) => counter).toSorted(),
    );
  });
});

describe('GET /healthz and /readyz', () => {
  it('are answered to anybody', async () => {
    const server = await startServer({ tokens: [{ token: 'a-token-0123456789', role: 'agent' }] });
    for (const path of ['/healthz', '/readyz']) {
      const { status, json } = await server.ask(path, { token: undefined });
      expect([status, json()]).toEqual([200, { status: 'ok' }]);
    }
  });
});
