import { join } from 'node:path';
import { findOrStartBroker, freePort } from '@distrace/broker';
import type { Broker, FindOrStartOptions } from '@distrace/broker';
import type { Span } from '@distrace/zipkin';
import { buildWorkspace } from './build.ts';
import type { BuildOptions } from './build.ts';
import type { AppName, FindPort, ProcessName } from './ports.ts';

/** What the runner uses of @distrace/zipkin. */
export interface Zipkin {
  /** Reads what Zipkin's API answers. */
  decodeSpans(body: string): readonly Span[];
  mergeSpans(spans: readonly Span[]): readonly Span[];
  encodeV2(spans: readonly Span[]): string;
  /** The tree as text. */
  draw(
    spans: readonly Span[],
    look: { readonly width: number; readonly colors: boolean; readonly unicode: boolean },
  ): string;
}

/** What a run stands on. Tests bring apps, a broker and a build of their own. */
export interface Machinery {
  /** The workspace; the apps' working directory. */
  readonly root: string;
  build(options: BuildOptions): Promise<'built' | 'up to date'>;
  findBroker(options: FindOrStartOptions): Promise<Broker>;
  readonly findPort: FindPort;
  /** The compiled main file of an app, the viewer or the instrumentation server. */
  entryOf(name: ProcessName): string;
  /** The file that `node --import @distrace/agent/register` loads. */
  readonly agent: string;
  /** Deletes the queues of a run. */
  removeQueues(amqpUrl: string, prefix: string): Promise<void>;
  loadZipkin(): Promise<Zipkin>;
  readonly readyDeadlineMs?: number;
  readonly traceDeadlineMs?: number;
  readonly appStopDeadlineMs?: number;
}

const QUEUES_DEADLINE_MS = 5_000;

/**
 * The real thing; with `untraced` the apps are those that nobody changed for tracing. The workspace's own libraries
 * are imported when they are built, not before.
 */
export function realMachinery(
  root: string,
  { untraced = false }: { readonly untraced?: boolean } = {},
): Machinery {
  const mainOf = {
    viewer: 'apps/trace-viewer/dist/main.js',
    weaver: 'examples/untraced-extension/dist/server.js',
  } as const;
  const appMain = (name: AppName) =>
    untraced ? `examples/untraced/dist/${name}/main.js` : `apps/${name}/dist/main.js`;
  return {
    root,
    build: (options) => buildWorkspace(root, { ...options, untraced }),
    findBroker: findOrStartBroker,
    findPort: freePort,
    entryOf: (name) => join(root, name === 'viewer' || name === 'weaver' ? mainOf[name] : appMain(name)),
    agent: join(root, 'libs/agent/dist/register.js'),
    async removeQueues(amqpUrl, prefix) {
      const { removeTopology } = await import('@distrace/messaging');
      await inTime(removeTopology(amqpUrl, prefix), QUEUES_DEADLINE_MS);
    },
    loadZipkin,
  };
}

/** @distrace/zipkin as the runner sees it. */
export async function loadZipkin(): Promise<Zipkin> {
  const { buildTraceTree, decodeSpans, encodeV2, mergeSpans, renderWaterfall } =
    await import('@distrace/zipkin');
  return {
    decodeSpans,
    mergeSpans,
    encodeV2,
    draw: (spans, look) => renderWaterfall(buildTraceTree(spans), look),
  };
}

async function inTime(work: Promise<void>, ms: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`the broker did not answer within ${ms} ms`)), ms);
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
