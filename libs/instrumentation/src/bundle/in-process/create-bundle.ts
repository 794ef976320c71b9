import {
  connectThreadTracing,
  createExporterRegistry,
  hideStackFrames,
  provideSdkPackages,
  receiveThreadSpans,
  startSdk,
} from '@distrace/tracing/core';
import type { RunningSdk, SdkPackages, SpanExporter } from '@distrace/tracing/core';
import { context, createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { definitionOf } from '../../interceptor/interceptor.js';
import type { BundleHandle, BundleStart, HelperBundle, InterceptorBody } from '../../runtime/index.js';
import { attributeProcessor } from './attribute-processor.js';
import { exporterText } from './exporter-text.js';
import { openSpanCounter } from './open-span-counter.js';
import { receivingEnd, sendingEnd } from './thread-channel.js';

/** What the generated entry of a bundle hands over. */
export interface BundleParts {
  /** Exports of extensions: classes that extend `Interceptor`, and definitions. */
  readonly interceptors: readonly unknown[];
  /** Classes that extend `SpanExporter`, by the name that the exporter's string form has. */
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly sdk: Partial<SdkPackages>;
}

/** Less than agents wait at the end of a process: an export that goes on keeps the event loop, and with it the process. */
const EXPORT_SHUTDOWN_MS = 1500;

type ExporterClass = new (...args: readonly string[]) => SpanExporter;

/** The bundle's side inside the process; called once, by the bundle itself. */
export function createBundle({ interceptors, exporters, sdk }: BundleParts): HelperBundle {
  provideSdkPackages(sdk);
  const bodies = Object.create(null) as Record<string, InterceptorBody>;
  for (const exported of interceptors) {
    const definition = definitionOf(exported);
    bodies[definition.name] = definition;
  }
  return {
    v: 1,
    interceptors: Object.freeze(bodies),
    start: (options) => (options.isMainThread ? startMain(options, exporters) : startThread(options)),
  };
}

function startMain(options: BundleStart, custom: Readonly<Record<string, unknown>>): BundleHandle {
  const { serviceName, spanExporter, attributes, stackTraces, hiddenFiles = [] } = options;
  hideStackFrames([...ownFile(), ...hiddenFiles]);
  const exporters = createExporterRegistry();
  const open = openSpanCounter();
  for (const [name, Exporter] of Object.entries(custom)) {
    exporters.register(name, (args) => new (Exporter as ExporterClass)(...args));
  }
  const running = startSdk({
    serviceName,
    exporter: spanExporter === undefined ? undefined : exporterText(spanExporter),
    exporters,
    stackTraces,
    shutdownTimeoutMs: EXPORT_SHUTDOWN_MS,
    spanProcessors: [open.processor, ...(attributes === undefined ? [] : [attributeProcessor(attributes)])],
  });
  const threads = receivingEnd();
  receiveThreadSpans(threads);
  return {
    ...scopes,
    shutdown: (timeoutMs) => shutdown(running, threads, timeoutMs),
    flushSync(timeoutMs) {
      threads.takeAll();
      running.flushSync(timeoutMs);
    },
    openSpans: open.count,
  };
}

function startThread({ serviceName, attributes, stackTraces, hiddenFiles = [] }: BundleStart): BundleHandle {
  hideStackFrames([...ownFile(), ...hiddenFiles]);
  const open = openSpanCounter();
  connectThreadTracing({
    port: sendingEnd(),
    serviceName,
    stackTraces,
    spanProcessors: [open.processor, ...(attributes === undefined ? [] : [attributeProcessor(attributes)])],
  });
  // Spans of a thread are sent as they start and end: nothing waits here.
  return { ...scopes, shutdown: () => Promise.resolve(), openSpans: open.count };
}

/** The file that the bundle is evaluated as, by the stack: its frames say nothing of the application. */
function ownFile(): readonly string[] {
  const file = /^\s*at (?:.*\()?(.+?):\d+:\d+\)?$/m.exec(String(new Error().stack))?.[1];
  return file === undefined ? [] : [file];
}

const SCOPE = createContextKey('distrace.scope');

/** A context of the same content: Node runs nothing apart under the very context that is active already. */
const fresh = (ctx: Context): Context => ctx.setValue(SCOPE, true);

const scopes = {
  scope: <T>(fn: () => T): T => context.with(fresh(context.active()), fn),
  capture: (): unknown => context.active(),
  resume: <T>(captured: unknown, fn: () => T): T => context.with(fresh(captured as Context), fn),
  attach: (): (() => void) => {
    const token = context.attach(fresh(context.active()));
    return () => token.dispose();
  },
};

async function shutdown(running: RunningSdk, threads: { close(): void }, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  // What threads sent last waits in the event loop.
  const orderly = new Promise<void>((resolve) => void setImmediate(resolve)).then(() => {
    threads.close();
    return running.shutdown();
  });
  await Promise.race([orderly, outOfTime]);
  clearTimeout(timer);
}
