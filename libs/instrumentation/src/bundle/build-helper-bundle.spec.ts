import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHelperBundle } from './build-helper-bundle.js';
import type { BuiltHelperBundle } from './build-helper-bundle.js';
import { EXTENSION, fakeZipkin, Folders, runWith } from './bundle.spec.helper.js';
import type { SentSpan } from './bundle.spec.helper.js';

let folders: Folders;
let extension: string;
let built: BuiltHelperBundle;

beforeAll(async () => {
  folders = new Folders();
  extension = await folders.make(EXTENSION);
  built = await buildHelperBundle({ extensions: [extension] });
}, 120_000);
afterAll(() => folders[Symbol.asyncDispose]());

function named(spans: readonly SentSpan[], name: string): SentSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found, `spans named ${name}`).toHaveLength(1);
  return found[0]!;
}

describe('the helper bundle', { timeout: 120_000 }, () => {
  it('is the same bytes wherever the extension stands, and says what it holds', async () => {
    const elsewhere = await folders.copyOf(extension);
    const again = await buildHelperBundle({ extensions: ['./else'], from: join(elsewhere, '..') });
    expect(again).toEqual({ ...built, files: again.files });
    expect(built.files).toContain(join(extension, 'dist', 'shown.cjs'));
    expect(built.sha256).toBe(createHash('sha256').update(built.code).digest('hex'));
    expect(built.sizeBytes).toBe(Buffer.byteLength(built.code));
    expect(built.code).not.toContain(extension);
    expect(built.code).not.toContain(process.cwd());
    expect(built.code).toContain('fixture-extension@1.2.3');
    expect(built.sources).toContain('fixture-extension@1.2.3/dist/shown.cjs');
  });

  it('holds one copy of the SDK, and neither the weaver nor the NodeSDK', () => {
    const packages = new Set(built.sources.map((name) => name.replace(/(?!^)@.*/, '')));
    expect([...packages].filter((name) => name.startsWith('@opentelemetry/sdk'))).toEqual([
      '@opentelemetry/sdk-trace',
    ]);
    for (const name of ['acorn', 'esbuild', 'minimatch', 'semver']) {
      expect(packages).not.toContain(name);
    }
    expect(built.sources.filter((name) => /^@opentelemetry.*\.cjs$/.test(name))).toEqual([]);
    expect(built.sizeBytes).toBeLessThan(300_000);
  });

  it('I39: runs in an empty folder without code from strings, and sends spans with the stacks of the application', async () => {
    await using zipkin = await fakeZipkin();
    const { code, stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { EventEmitter, once } from 'node:events';
import { required, start, woven, wovenAsync } from './agent.mjs';
const exporter = ${JSON.stringify(`directZipkin(${zipkin.url})`)};
const { shutdown } = start({ spanExporter: exporter, attributes: { 'distrace.rules': 'abc' }, stackTraces: true });
const leaf = woven('leaf', () => 1);
const emitter = new EventEmitter();
const root = wovenAsync('root', async function applicationFunction() {
  await null;
  leaf();
  await new Promise((resolve) => setTimeout(() => resolve(woven('in a timer', () => 2)()), 2));
  const heard = once(emitter, 'done');
  emitter.once('event', woven('in a listener', () => emitter.emit('done')));
  emitter.emit('event');
  await heard;
  return 'result';
});
const fails = wovenAsync('fails', async () => { throw new RangeError('no'); });
console.log(await root(), await fails().catch((error) => error.name));
await shutdown(5000);
console.log([...new Set(required.map((name) => name.slice(0, 5)))].join());
`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('result RangeError\nnode:\n');
    const root = named(zipkin.spans, 'root');
    expect(root.localEndpoint?.serviceName).toBe('fixture');
    expect(root.tags?.['distrace.rules']).toBe('abc');
    expect(root.parentId).toBeUndefined();
    expect(root.traceId).toMatch(/^[0-9a-f]{32}$/);
    for (const name of ['leaf', 'in a timer', 'in a listener']) {
      expect(named(zipkin.spans, name)).toMatchObject({ traceId: root.traceId, parentId: root.id });
    }
    expect(named(zipkin.spans, 'fails').traceId).not.toBe(root.traceId);
    expect(named(zipkin.spans, 'fails').tags?.['error']).toBeDefined();
    for (const tag of ['stacktrace.open', 'stacktrace.close']) {
      const stack = named(zipkin.spans, 'leaf').tags?.[tag];
      expect(stack?.split('\n')[0]).toMatch(/(?:agent|main)\.mjs/);
    }
    expect(named(zipkin.spans, 'leaf').tags?.['stacktrace.open']).toContain('applicationFunction');
  });

  it('sends a worker thread’s spans through the main thread, unseen by the application', async () => {
    await using zipkin = await fakeZipkin();
    const { code, stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { start, woven, wovenAsync } from './agent.mjs';
const { shutdown } = start({ spanExporter: ${JSON.stringify(`directZipkin(${zipkin.url})`)} });
const send = woven('send', (task, worker) => worker.postMessage(task), 'TraceSpan');
const work = wovenAsync('parent', async () => {
  const worker = new Worker(new URL('worker.mjs', import.meta.url));
  const messages = [];
  worker.on('message', (message) => messages.push(message));
  send({ task: 1 }, worker);
  await once(worker, 'exit');
  console.log(JSON.stringify(messages));
});
await work();
await shutdown(5000);
`,
      {
        'worker.mjs': `
import { parentPort } from 'node:worker_threads';
import { start, woven } from './agent.mjs';
start();
const receive = woven('receive', (task) => woven('in the thread', () => task.task)(), 'received');
parentPort.once('message', (task) => parentPort.postMessage(receive(task)));
`,
      },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('[1]\n');
    const parent = named(zipkin.spans, 'parent');
    const received = named(zipkin.spans, 'receive');
    expect(received).toMatchObject({ traceId: parent.traceId, parentId: parent.id });
    expect(received.localEndpoint?.serviceName).toBe('fixture');
    expect(named(zipkin.spans, 'in the thread').parentId).toBe(received.id);
    expect(received.tags?.['thread.id']).toBeDefined();
  });

  it('hands worker threads over to the bundle that follows it in the same process', async () => {
    await using zipkin = await fakeZipkin();
    const { code, stderr } = await runWith(
      folders,
      built.code,
      `
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { evaluate, start, woven } from './agent.mjs';
const spanExporter = ${JSON.stringify(`directZipkin(${zipkin.url})`)};
const first = start({ spanExporter });
woven('before', () => 1)();
const second = start({ spanExporter: spanExporter.replace('http://', '') }, evaluate());
await first.shutdown(5000);
woven('after', () => 1)();
await once(new Worker(new URL('worker.mjs', import.meta.url)), 'exit');
await second.shutdown(5000);
`,
      {
        'worker.mjs': `import { start, woven } from './agent.mjs';\nstart();\nwoven('in the thread', () => 1)();`,
      },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(zipkin.spans.map(({ name }) => name).toSorted()).toEqual(['after', 'before', 'in the thread']);
  });

  it('I32: keeps no process alive and listens to nothing of it', async () => {
    const { code, stdout, stderr } = await runWith(
      folders,
      built.code,
      `
const count = () => JSON.stringify([process.eventNames().map((name) => [String(name), process.listenerCount(name)]), Object.keys(globalThis)]);
const before = count();
const { start, woven } = await import('./agent.mjs');
start({ spanExporter: 'directZipkin(http://127.0.0.1:1)' });
woven('work', () => 1)();
console.log(count() === before, process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap').join());
`,
    );
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'true \n', stderr: '' });
  });

  it('I37: never mixes a thousand overlapping traces', async () => {
    await using zipkin = await fakeZipkin();
    const { stderr } = await runWith(
      folders,
      built.code,
      `
import { start, wovenAsync } from './agent.mjs';
const { shutdown } = start({ spanExporter: ${JSON.stringify(`directZipkin(${zipkin.url})`)} });
const names = new Set();
const inner = (n) => wovenAsync('inner ' + n, () => new Promise((resolve) => setTimeout(resolve, n.length)))();
const outer = (n) => wovenAsync('outer ' + n, async () => {
  await new Promise((resolve) => setTimeout(resolve, n % 5));
  await inner(n + 'a');
})();
await Promise.all(Array.from({ length: 1000 }, (_, n) => outer(n)));
await shutdown(20000);
`,
    );
    expect(stderr).toBe('');
    expect(zipkin.spans).toHaveLength(2000);
    const byId = new Map(zipkin.spans.map((span) => [span.id, span]));
    expect(byId.size).toBe(2000);
    const lines = zipkin.spans.map(({ name, parentId = '' }) => `${byId.get(parentId)?.name} > ${name}`);
    const expected = Array.from({ length: 1000 }, (_, n) => [
      `undefined > outer ${n}`,
      `outer ${n} > inner ${n}a`,
    ]);
    expect(lines.toSorted()).toEqual(expected.flat().toSorted());
    expect(Math.min(...zipkin.spans.map(({ duration }) => duration))).toBeGreaterThanOrEqual(1);
  });

  it('knows the extension’s exporters by name, and refuses unknown ones', async () => {
    const { stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
try { start({ spanExporter: 'carrierPigeon()' }) } catch (error) { console.log(error.code) }
const { shutdown } = start({ spanExporter: 'LineExporter(SPAN)' });
woven('work', () => 1)();
await shutdown(5000);
`,
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'DT_ERR_EXPORTER_UNKNOWN\nSPAN work\n', stderr: '' });
  });

  it('I40: writes ten thousand spans of one moment to disk as ten thousand lines', async () => {
    const { stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { readFileSync } from 'node:fs';
import { start, woven } from './agent.mjs';
process.env.OTEL_BSP_MAX_QUEUE_SIZE = '20000';
const { shutdown } = start({ spanExporter: 'disk(./spans.ndjson)' });
const work = woven('work', () => 1);
for (let i = 0; i < 10000; i += 1) work();
await shutdown(20000);
const lines = readFileSync('spans.ndjson', 'utf8').trim().split('\\n');
console.log(lines.length, new Set(lines.map((line) => JSON.parse(line).id)).size);
`,
    );
    expect({ stdout, stderr }).toEqual({ stdout: '10000 10000\n', stderr: '' });
  });

  it('I38: gives microseconds, and a duration of one at least, when the clock is set back', async () => {
    await using zipkin = await fakeZipkin();
    const beforeMs = Date.now();
    const { stderr } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
const { shutdown } = start({ spanExporter: ${JSON.stringify(`directZipkin(${zipkin.url})`)} });
const { now } = Date;
woven('work', () => { Date.now = () => now() - 3600000; })();
woven('after', () => 1)();
Date.now = now;
await shutdown(5000);
`,
    );
    expect(stderr).toBe('');
    const work = named(zipkin.spans, 'work');
    expect(Number.isInteger(work.timestamp)).toBe(true);
    expect(work.timestamp).toBeGreaterThanOrEqual(beforeMs * 1000);
    expect(work.timestamp).toBeLessThanOrEqual(Date.now() * 1000);
    expect(Math.min(...zipkin.spans.map(({ duration }) => duration))).toBeGreaterThanOrEqual(1);
  });

  it('I34, I35: carries flags and binary annotations from node to node, and exports no flag', async () => {
    await using zipkin = await fakeZipkin();
    const { stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
const { shutdown } = start({ spanExporter: ${JSON.stringify(`directZipkin(${zipkin.url})`)} });
let received;
const send = woven('send', (task) => void (received = JSON.parse(JSON.stringify(task))), 'TraceSpan');
woven('sender', () => send({ bytes: 3 }), 'flagging')();
console.log(woven('receive', (task) => task.bytes, 'received')(received));
await shutdown(5000);
`,
    );
    expect({ stdout, stderr }).toEqual({ stdout: '3\n', stderr: '' });
    const sender = named(zipkin.spans, 'sender');
    expect(sender.parentId).toBeUndefined();
    expect(sender.id).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
    expect(sender.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    // Both are what the receiver's interceptor read from the message.
    expect(named(zipkin.spans, 'receive')).toMatchObject({
      traceId: sender.traceId,
      parentId: sender.id,
      tags: { 'bytes.sum': '7', 'was.fast': 'true' },
    });
    expect(JSON.stringify(zipkin.spans)).not.toContain('fast-lane');
  });

  it('I36: opens a span here and closes it elsewhere, as two halves of one id', async () => {
    await using zipkin = await fakeZipkin();
    const { stderr } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
const { shutdown } = start({ spanExporter: ${JSON.stringify(`directZipkin(${zipkin.url})`)} });
const task = {};
woven('handed over', () => 1, 'Giver').call(task);
woven('finish', () => 2, 'Taker').call(JSON.parse(JSON.stringify(task)));
await shutdown(5000);
`,
    );
    expect(stderr).toBe('');
    expect(zipkin.spans).toHaveLength(2);
    const [opened, closed] = zipkin.spans;
    expect(closed?.id).toBe(opened?.id);
    expect(zipkin.spans.map(({ duration }) => duration !== undefined)).toEqual([false, true]);
  });

  it('ends in time when the collector does not answer', async () => {
    const { code, stdout } = await runWith(
      folders,
      built.code,
      `
import { createServer } from 'node:net';
import { start, woven } from './agent.mjs';
const hole = createServer(() => undefined).listen(0, '127.0.0.1', async () => {
  const { shutdown } = start({ spanExporter: 'directZipkin(http://127.0.0.1:' + hole.address().port + ')' });
  woven('work', () => 1)();
  const before = performance.now();
  await shutdown(100);
  console.log(performance.now() - before < 5000);
  process.exit();
});
`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'true\n' });
  });
});

describe('an application with an OpenTelemetry SDK of its own', { timeout: 120_000 }, () => {
  const own = (name: string): string => import.meta.resolve(name);
  const register = `
import { context, trace } from ${JSON.stringify(own('@opentelemetry/api'))};
import { TracerProvider } from ${JSON.stringify(own('@opentelemetry/sdk-trace'))};
import { AsyncLocalStorageContextManager } from ${JSON.stringify(
    new URL('../../../../node_modules/@opentelemetry/context-async-hooks/dist/index.mjs', import.meta.url)
      .href,
  )};
export const tracer = trace.getTracer('app');
export const spans = [];
export function register() {
  const processor = { onStart() {}, onEnd: (span) => spans.push(span), async forceFlush() {}, async shutdown() {} };
  return [
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] })),
  ];
}
export const key = Symbol.for('opentelemetry.js.api.1');
`;
  const use = `
const result = tracer.startActiveSpan('of the app', (span) => {
  woven('woven', () => tracer.startSpan('inside').end())();
  span.end();
});
await shutdown(5000);
const byName = Object.fromEntries(spans.map((span) => [span.name, span]));
const parent = (name) => spans.find((span) => span.spanContext().spanId === byName[name].parentSpanContext?.spanId)?.name;
console.log(parent('inside'), '<', parent('woven'));
`;

  it('may register it after the agent: woven spans go into its traces', async () => {
    await using zipkin = await fakeZipkin();
    const { stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
const { shutdown } = start({ spanExporter: ${JSON.stringify(`directZipkin(${zipkin.url})`)} });
const { key, register, spans, tracer } = await import('./sdk.mjs');
woven('before', () => 1)();
console.log(globalThis[key], register());
${use}`,
      { 'sdk.mjs': register },
    );
    expect({ stdout, stderr }).toEqual({
      stdout: 'undefined [ true, true ]\nwoven < of the app\n',
      stderr: '',
    });
    expect(zipkin.spans.map(({ name }) => name)).toEqual(['before']);
  });

  it('may have registered it before', async () => {
    const { stdout, stderr } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
import { register, spans, tracer } from './sdk.mjs';
register();
const { shutdown } = start();
${use}`,
      { 'sdk.mjs': register },
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'woven < of the app\n', stderr: '' });
  });

  it('finds the API as without the agent when it registers nothing', async () => {
    const { stdout } = await runWith(
      folders,
      built.code,
      `
import { start, woven } from './agent.mjs';
import { key, tracer } from './sdk.mjs';
const { shutdown } = start({ spanExporter: 'none' });
woven('woven', () => console.log(tracer.startSpan('of the app').isRecording(), globalThis[key]))();
await shutdown(5000);
`,
      { 'sdk.mjs': register },
    );
    expect(stdout).toBe('false undefined\n');
  });
});

describe('an extension that cannot be bundled', () => {
  it('is refused with file and line', async () => {
    const broken = await folders.make({
      ...EXTENSION,
      'dist/exporter.js': `import { x } from 'not-installed';\nexport class LineExporter {}`,
    });
    await expect(buildHelperBundle({ extensions: [broken] })).rejects.toMatchObject({
      code: 'DT_ERR_BUNDLE',
      message: expect.stringMatching(
        /fixture-extension@1\.2\.3\/dist\/exporter\.js:1:18.*not-installed/s,
      ) as string,
    });
  });
});
