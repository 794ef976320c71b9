/**
 * Stands in for one app, or the viewer: health, tasks, spans sent to Zipkin, and the ways in which apps go wrong. It
 * writes its pid to FAKE_DIR/NAME.pid, the run's folder to FAKE_DIR/data, and its name to FAKE_DIR/journal when it ends
 * in order. One that was started a second time, below a folder `again`, writes only NAME-again.pid. Under the fake
 * agent it says no trace id. FAKE_NAME says how to misbehave:
 * `dies` at start, `deaf` to SIGTERM, `unready` for ever, `slow` (202 first), `partial` trace, `refuses` tasks,
 * `untraced`; viewer and weaver `forgets`.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { fakeZipkin } from './fake-zipkin.ts';
import { goldenSpans, TRACE_ID } from './golden-spans.ts';

const name = basename(process.env['DISTRACE_DATA_DIR']!);
const fakes = process.env['FAKE_DIR']!;
const isAgain = basename(dirname(process.env['DISTRACE_DATA_DIR']!)) === 'again';
const isUnderAgent = process.env['FAKE_UNDER_AGENT'] === 'yes';
const mode = process.env[`FAKE_${name.toUpperCase()}`] ?? (isUnderAgent ? 'untraced' : '');

process.on('SIGTERM', () => {
  if (mode === 'deaf') return;
  if (!isAgain) appendFileSync(join(fakes, 'journal'), `${name}\n`);
  process.exit(0);
});
if (!isAgain) writeFileSync(join(fakes, 'data'), dirname(process.env['DISTRACE_DATA_DIR']!));
// Whoever knows the pid may signal.
writeFileSync(join(fakes, `${name}${isAgain ? '-again' : ''}.pid`), String(process.pid));
console.log(`\u001B[32m${name}\u001B[39m begins`);
if (mode === 'dies') {
  console.error(`${name} cannot start: the moon is wrong`);
  process.exit(3);
}
function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function sendTrace(): Promise<void> {
  const exporter = process.env['DISTRACE_AGENT_SPAN_EXPORTER'] ?? process.env['DISTRACE_EXPORTER'];
  const zipkin = /^directZipkin\((.*)\)$/.exec(exporter!)![1]!;
  const spans = goldenSpans().filter((span) => mode !== 'partial' || span.name !== 'save task');
  // In two pieces, so that a part of the trace is there before the rest.
  for (const piece of [spans.slice(0, 5), spans.slice(5)]) {
    await fetch(`${zipkin}/api/v2/spans`, { method: 'POST', body: JSON.stringify(piece) });
  }
}

const result = {
  words: 2,
  uniqueWords: 2,
  longestWord: 'longest',
  chunks: 3,
  topWords: [['a', 2]],
  receivedBytes: 12,
};
const done = { id: 't1', status: 'done', result, ...(mode === 'untraced' ? {} : { traceId: TRACE_ID }) };

const answerAsApp: RequestListener = (request, response) => {
  if (request.url === '/health') return reply(response, mode === 'unready' ? 503 : 200, { status: 'fake' });
  if (request.method === 'GET') return reply(response, 200, done);
  request.resume().on('end', () => {
    if (mode === 'refuses') return reply(response, 413, { message: 'too long for a fake' });
    // As an exporter: nobody waits for it, and nobody minds that it fails.
    sendTrace().catch(() => undefined);
    if (mode === 'slow')
      return reply(response, 202, { id: 't1', status: 'running' }, { location: '/tasks/t1' });
    return reply(response, 201, done);
  });
  return undefined;
};

/** Nine files, each of which is there already when an app starts again. */
const answerAsWeaver: RequestListener = (request, response) => {
  const mayRead = request.headers.authorization === `Bearer ${process.env['READER_TOKEN']}`;
  if (request.url === '/readyz') return reply(response, 200, { status: 'ok' });
  const isRefused = !mayRead || mode === 'forgets';
  if (request.url !== '/v1/stats' || isRefused) return reply(response, 403, { message: 'not for you' });
  const isAsked = ['client', 'executor', 'exporter'].every((app) =>
    existsSync(join(fakes, `${app}-again.pid`)),
  );
  return reply(response, 200, {
    counters: { woven: 9, answeredFromCache: 2, packFilesSent: isAsked ? 9 : 0 },
  });
};

const answers = {
  viewer: () => fakeZipkin({ info, forgets: mode === 'forgets' }),
  weaver: () => answerAsWeaver,
} as const;
const info = { zipkin: { version: 'none' }, 'trace-viewer': { endsWithParent: true } };
const server = createServer(name === 'viewer' || name === 'weaver' ? answers[name]() : answerAsApp);
server.on('error', (error) => {
  console.error(`${name} cannot start: ${error.message}`);
  process.exit(1);
});
server.listen(Number(process.env['PORT']), process.env['HOST']);
