/**
 * Stands in for one app, or the viewer: health, tasks, spans sent to Zipkin, and the ways in which apps go wrong. It
 * writes its pid to FAKE_DIR/NAME.pid, the run's folder to FAKE_DIR/data, and its name to FAKE_DIR/journal when it ends
 * in order. FAKE_NAME says how to misbehave:
 * `dies` at start, `deaf` to SIGTERM, `unready` for ever, `slow` (202 first), `partial` trace, `refuses` tasks,
 * `untraced`.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { fakeZipkin } from './fake-zipkin.ts';
import { goldenSpans, TRACE_ID } from './golden-spans.ts';

const name = basename(process.env['DISTRACE_DATA_DIR']!);
const fakes = process.env['FAKE_DIR']!;
const mode = process.env[`FAKE_${name.toUpperCase()}`] ?? '';

process.on('SIGTERM', () => {
  if (mode === 'deaf') return;
  appendFileSync(join(fakes, 'journal'), `${name}\n`);
  process.exit(0);
});
writeFileSync(join(fakes, 'data'), dirname(process.env['DISTRACE_DATA_DIR']!));
// Whoever knows the pid may signal.
writeFileSync(join(fakes, `${name}.pid`), String(process.pid));
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
  const zipkin = /^directZipkin\((.*)\)$/.exec(process.env['DISTRACE_EXPORTER']!)![1]!;
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

const info = { zipkin: { version: 'none' }, 'trace-viewer': { endsWithParent: true } };
const server = createServer(name === 'viewer' ? fakeZipkin({ info }) : answerAsApp);
server.on('error', (error) => {
  console.error(`${name} cannot start: ${error.message}`);
  process.exit(1);
});
server.listen(Number(process.env['PORT']), process.env['HOST']);
