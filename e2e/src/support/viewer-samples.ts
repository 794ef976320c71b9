import type { Annotation, Endpoint, Kind, Span } from '@distrace/zipkin';

/** What a sample span is made of; times in microseconds from the trace's start. */
interface Draft {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  readonly at: number;
  /** Absent while it is open. */
  readonly took?: number;
  readonly kind?: Kind;
  readonly from: Endpoint;
  readonly to?: Endpoint;
  readonly tags?: Readonly<Record<string, string>>;
  readonly events?: readonly (readonly [at: number, value: string])[];
  readonly shared?: boolean;
}

const CLIENT = { serviceName: 'client', ipv4: '10.0.0.1', port: 3000 };
const EXECUTOR = { serviceName: 'executor', ipv4: '10.0.0.2' };
const EXPORTER = { serviceName: 'exporter', ipv4: '10.0.0.3' };
const RABBIT = { serviceName: 'rabbitmq', ipv4: '10.0.0.9', port: 5672 };
const SQLITE = { serviceName: 'sqlite' };

/** Where spans of the applications are opened and closed, as V8 writes it. */
function stack(...frames: readonly string[]): string {
  return [
    ...frames,
    'at async ServerRMQ.handleMessage (/srv/app/node_modules/@nestjs/microservices/server/server-rmq.js:212:9)',
    'at async Channel.dispatchMessage (/srv/app/node_modules/amqplib/lib/channel_model.js:98:5)',
    'at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
  ].join('\n');
}

function queue(name: string, operation: string): Record<string, string> {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': operation,
    'messaging.destination.name': name,
  };
}

function spanOf(traceId: string, start: number, draft: Draft): Span {
  const { id, parent, name, at, took, kind, from, to, tags, events, shared } = draft;
  const annotations: Annotation[] = (events ?? []).map(([when, value]) => ({
    timestamp: start + when,
    value,
  }));
  return {
    traceId,
    id: id.toString(16).padStart(16, '0'),
    ...(parent !== undefined && { parentId: parent.toString(16).padStart(16, '0') }),
    name,
    timestamp: start + at,
    ...(took !== undefined && { duration: took }),
    ...(kind && { kind }),
    localEndpoint: from,
    ...(to && { remoteEndpoint: to }),
    ...(annotations.length > 0 && { annotations }),
    ...(tags && { tags }),
    ...(shared && { shared }),
  };
}

/** A task of the reference deployment from its submission to its notification: the thesis' example. */
export function taskTrace({
  traceId = '65fa10c27be11d2e9c3f5a7b1d2e4f60',
  start = Date.now() * 1000 - 60_000_000,
  failing = false,
}: { readonly traceId?: string; readonly start?: number; readonly failing?: boolean } = {}): Span[] {
  const accept = stack(
    'at TasksController.acceptTask (/srv/app/dist/tasks.controller.js:41:22)',
    'at /srv/app/node_modules/@nestjs/core/router/router-execution-context.js:38:29',
  );
  const execute = stack(
    'at ExecutorService.execute (/srv/app/dist/executor.service.js:27:31)',
    'at TasksHandler.onTask (/srv/app/dist/tasks.handler.js:19:40)',
  );
  const failure = `Error: database is locked
    at SqliteStore.insert (/srv/app/dist/store/sqlite-store.js:58:15)
    at async ExportService.saveToDatabase (/srv/app/dist/export.service.js:33:5)
    at async ResultsHandler.onResult (/srv/app/dist/results.handler.js:24:7)
    at async ServerRMQ.handleMessage (/srv/app/node_modules/@nestjs/microservices/server/server-rmq.js:212:9)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)`;
  const drafts: Draft[] = [
    {
      id: 1,
      name: 'post /tasks',
      kind: 'SERVER',
      from: CLIENT,
      at: 0,
      took: 9_400,
      tags: {
        'http.request.method': 'POST',
        'http.route': '/tasks',
        'http.response.status_code': '202',
        'url.path': '/tasks',
        'user_agent.original': 'curl/8.14.1',
      },
    },
    {
      id: 2,
      parent: 1,
      name: 'main client span',
      from: CLIENT,
      at: 900,
      took: 118_000,
      events: [
        [1_000, 'tskReceived'],
        [2_600, 'tskPreprocessed'],
      ],
      tags: {
        'task.bytes': '20480',
        'task.options': '{"chunks":3,"language":"en","store":{"kind":"sqlite","path":"results.db"}}',
        'stacktrace.open': accept,
        'stacktrace.close': stack(
          'at NotificationsHandler.onDone (/srv/app/dist/notifications.handler.js:22:17)',
          'at PendingTasks.finish (/srv/app/dist/pending-tasks.js:48:10)',
        ),
      },
    },
    {
      id: 3,
      parent: 2,
      name: 'send tasks',
      kind: 'PRODUCER',
      from: CLIENT,
      to: RABBIT,
      at: 3_000,
      took: 5_200,
      tags: queue('tasks', 'send'),
    },
    {
      id: 4,
      parent: 3,
      name: 'process tasks',
      kind: 'CONSUMER',
      from: EXECUTOR,
      to: RABBIT,
      at: 11_800,
      took: 61_000,
      tags: queue('tasks', 'process'),
    },
    {
      id: 5,
      parent: 4,
      name: 'executor span',
      from: EXECUTOR,
      at: 12_400,
      took: 58_900,
      tags: {
        'task.words': '3391',
        'stacktrace.open': execute,
        'stacktrace.close': stack(
          'at ExecutorService.execute (/srv/app/dist/executor.service.js:44:13)',
          'at TasksHandler.onTask (/srv/app/dist/tasks.handler.js:19:40)',
        ),
      },
    },
    {
      id: 6,
      parent: 5,
      name: 'count words',
      from: EXECUTOR,
      at: 13_900,
      took: 31_000,
      tags: { 'thread.id': '2', 'chunk.index': '0' },
    },
    {
      id: 7,
      parent: 5,
      name: 'count words',
      from: EXECUTOR,
      at: 14_100,
      took: 44_300,
      tags: { 'thread.id': '3', 'chunk.index': '1' },
    },
    {
      id: 8,
      parent: 5,
      name: 'count words',
      from: EXECUTOR,
      at: 14_200,
      took: 38_500,
      tags: { 'thread.id': '4', 'chunk.index': '2' },
    },
    {
      id: 9,
      parent: 5,
      name: 'send results',
      kind: 'PRODUCER',
      from: EXECUTOR,
      to: RABBIT,
      at: 60_200,
      took: 4_700,
      tags: queue('results', 'send'),
    },
    {
      id: 10,
      parent: 9,
      name: 'process results',
      kind: 'CONSUMER',
      from: EXPORTER,
      to: RABBIT,
      at: 67_500,
      took: 45_000,
      tags: queue('results', 'process'),
    },
    {
      id: 11,
      parent: 10,
      name: 'exporter span',
      from: EXPORTER,
      at: 68_200,
      took: 36_200,
      tags: {
        'stacktrace.open': stack(
          'at ExportService.export (/srv/app/dist/export.service.js:18:26)',
          'at ResultsHandler.onResult (/srv/app/dist/results.handler.js:24:7)',
        ),
        'stacktrace.close': stack(
          'at ExportService.export (/srv/app/dist/export.service.js:29:11)',
          'at ResultsHandler.onResult (/srv/app/dist/results.handler.js:24:7)',
        ),
        ...(failing && { error: 'database is locked' }),
      },
    },
    {
      id: 12,
      parent: 11,
      name: 'save task',
      kind: 'CLIENT',
      from: EXPORTER,
      to: SQLITE,
      at: 70_000,
      took: 31_800,
      tags: {
        'db.system.name': 'sqlite',
        'db.operation.name': 'INSERT',
        'db.query.text':
          'INSERT INTO results (task_id, words, finished_at)\nVALUES (?, ?, ?)\nON CONFLICT (task_id) DO NOTHING',
        ...(failing && { error: 'database is locked', 'error.type': 'SQLITE_BUSY' }),
      },
      ...(failing && {
        events: [
          [
            101_000,
            `exception: ${JSON.stringify({ 'exception.type': 'Error', 'exception.message': 'database is locked', 'exception.stacktrace': failure })}`,
          ] as const,
        ],
      }),
    },
    {
      id: 13,
      parent: 10,
      name: 'send notifications',
      kind: 'PRODUCER',
      from: EXPORTER,
      to: RABBIT,
      at: 105_600,
      took: 4_100,
      tags: queue('notifications', 'send'),
    },
    {
      id: 14,
      parent: 13,
      name: 'process notifications',
      kind: 'CONSUMER',
      from: CLIENT,
      to: RABBIT,
      at: 113_000,
      took: 6_300,
      tags: queue('notifications', 'process'),
    },
  ];
  return drafts.map((draft) => spanOf(traceId, start, draft));
}

/** The same trace as its sender and receiver halves are posted apart: a call with the caller's and the callee's view
 * under one id, the callee's clock behind. */
export function halvesTrace(traceId: string, start = Date.now() * 1000 - 30_000_000): Span[] {
  return [
    { id: 1, name: 'get /report', kind: 'SERVER' as const, from: CLIENT, at: 0, took: 90_000 },
    {
      id: 2,
      parent: 1,
      name: 'get /totals',
      kind: 'CLIENT' as const,
      from: CLIENT,
      to: EXECUTOR,
      at: 4_000,
      took: 80_000,
    },
    {
      id: 2,
      parent: 1,
      name: 'get /totals',
      kind: 'SERVER' as const,
      from: EXECUTOR,
      at: -3_000,
      took: 62_000,
      shared: true,
    },
    { id: 3, parent: 2, name: 'sum up', from: EXECUTOR, at: 1_000, took: 50_000 },
  ].map((draft) => spanOf(traceId, start, draft));
}

/** A trace that lost spans on the way, and one that is not done. */
export function brokenTrace(traceId: string, start = Date.now() * 1000 - 20_000_000): Span[] {
  return [
    { id: 1, name: 'post /tasks', kind: 'SERVER' as const, from: CLIENT, at: 0, took: 9_000 },
    {
      id: 2,
      parent: 1,
      name: 'main client span',
      from: CLIENT,
      at: 700,
      events: [[900, 'tskReceived'] as const],
    },
    { id: 5, parent: 4, name: 'executor span', from: EXECUTOR, at: 12_400, took: 41_000 },
    { id: 6, parent: 5, name: 'count words', from: EXECUTOR, at: 13_900, took: 31_000 },
    {
      id: 12,
      parent: 11,
      name: 'save task',
      kind: 'CLIENT' as const,
      from: EXPORTER,
      to: SQLITE,
      at: 60_000,
      took: 8_000,
    },
  ].map((draft) => spanOf(traceId, start, draft));
}

/** A trace of so many spans, in the shape of a batch: a few levels, much that repeats, some errors. */
export function bigTrace(size: number, traceId: string, start = Date.now() * 1000 - 120_000_000): Span[] {
  const services = ['gateway', 'orders', 'stock', 'prices', 'mail', 'billing', 'postgres', 'redis'];
  const spans: Span[] = [];
  const length = 4_000_000;
  const times: { at: number; took: number; depth: number; children: number }[] = [];
  for (let id = 1; id <= size; id++) {
    // A parent near by: chains and fans of different sizes, the same each time.
    const parent = id === 1 ? undefined : Math.max(1, id - 1 - ((id * 7919) % 23));
    const above = parent === undefined ? undefined : times[parent - 1]!;
    const room = above?.took ?? length;
    const share = ((id * 104_729) % 1000) / 1000;
    const depth = above ? above.depth + 1 : 0;
    const usedParent = above && above.depth > 9 ? 1 + ((id * 31) % Math.min(id - 1, 400)) : parent;
    const holder = usedParent === undefined ? undefined : times[usedParent - 1]!;
    const at = holder ? holder.at + Math.floor(share * holder.took * 0.7) : 0;
    const took = holder
      ? Math.max(40, Math.floor((holder.took - (at - holder.at)) * (0.2 + 0.7 * (((id * 13) % 17) / 17))))
      : room;
    times.push({ at, took, depth: holder ? holder.depth + 1 : depth, children: 0 });
    const service = services[(times[id - 1]!.depth + ((id * 3) % 2)) % services.length]!;
    spans.push(
      spanOf(traceId, start, {
        id,
        ...(usedParent !== undefined && { parent: usedParent }),
        name:
          id === 1
            ? 'nightly batch'
            : `${['load', 'check', 'store', 'query', 'notify'][id % 5]} ${['order', 'item', 'price', 'customer'][id % 4]}`,
        at,
        took,
        ...(id === 1 && { kind: 'SERVER' as const }),
        from: { serviceName: id === 1 ? 'gateway' : service, ipv4: '10.0.1.1' },
        tags: {
          'batch.item': String(id),
          'thread.id': String(id % 8),
          'db.query.text': `SELECT * FROM items WHERE id = ${id}`,
          ...(id % 613 === 0 && { error: `item ${id} is out of stock` }),
        },
      }),
    );
  }
  return spans;
}
