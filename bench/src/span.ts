import 'reflect-metadata';
import { Span } from '@distrace/tracing';
import { TraceContext } from '@distrace/tracing/core';
import { Span as PeerSpan } from 'nestjs-otel';
import { firstValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { measure } from './measure.ts';
import type { MeasureOptions, Row, Variant } from './measure.ts';
import { rawAsync, rawStream, rawSync } from './raw-span.ts';
import { startNullSdk } from './sdk.ts';
import { Work } from './work.ts';

/* The two libraries type theirs differently. */
type Decorate = ReturnType<typeof PeerSpan> | MethodDecorator;

/** A method as a decorator makes it; this file is run as it stands, without decorators. */
function decorated<K extends 'plain' | 'plainAsync' | 'stream'>(decorate: Decorate, key: K): Work[K] {
  const descriptor = { value: Work.prototype[key] as unknown, configurable: true, writable: true };
  (decorate as ReturnType<typeof PeerSpan>)(
    Work.prototype,
    key,
    descriptor as TypedPropertyDescriptor<() => unknown>,
  );
  return descriptor.value as Work[K];
}

function synchronous(name: string, call: (work: Work) => unknown): Variant {
  return {
    name,
    run(times) {
      const work = new Work();
      for (let i = 0; i < times; i++) call(work);
    },
  };
}

function asynchronous(name: string, call: (work: Work) => Promise<unknown>): Variant {
  return {
    name,
    async run(times) {
      const work = new Work();
      for (let i = 0; i < times; i++) await call(work);
    },
  };
}

const streaming = (name: string, call: (work: Work) => Observable<unknown>): Variant =>
  asynchronous(name, (work) => firstValueFrom(call(work)));

const ours = {
  sync: decorated(Span(), 'plain'),
  async: decorated(Span(), 'plainAsync'),
  stream: decorated(Span(), 'stream'),
};
const peers = {
  sync: decorated(PeerSpan(), 'plain'),
  async: decorated(PeerSpan(), 'plainAsync'),
  stream: decorated(PeerSpan(), 'stream'),
};

/** Asked for anew when there is an SDK: a tracer by hand from before goes through the API's proxy for ever. */
function variants() {
  return {
    sync: [
      synchronous('none', (work) => work.plain()),
      synchronous('startActiveSpan', rawSync()),
      synchronous('@Span', (work) => ours.sync.call(work)),
      synchronous('nestjs-otel', (work) => peers.sync.call(work)),
    ],
    async: [
      asynchronous('none', (work) => work.plainAsync()),
      asynchronous('startActiveSpan', rawAsync()),
      asynchronous('@Span', (work) => ours.async.call(work)),
      asynchronous('nestjs-otel', (work) => peers.async.call(work)),
    ],
    stream: [
      streaming('none', (work) => work.stream()),
      streaming('startActiveSpan', rawStream()),
      streaming('@Span', (work) => ours.stream.call(work)),
      streaming('nestjs-otel', (work) => peers.stream.call(work)),
    ],
  };
}

function openAndClose(work: Work): void {
  const tc = TraceContext.create();
  tc.openNestedSpan('work');
  work.plain();
  tc.closeCurrentSpan();
}

/** What a span around a method costs: ours beside OpenTelemetry by hand, a peer's, and nothing. */
export async function span(options: MeasureOptions = {}): Promise<Row[]> {
  const without = variants();
  const rows = [
    ...(await measure('span, no SDK, sync', without.sync, options)),
    ...(await measure('span, no SDK, async', without.async, options)),
  ];
  const sdk = startNullSdk();
  const { sync, async, stream } = variants();
  const thesis = synchronous('openNestedSpan', openAndClose);
  rows.push(
    ...(await measure('span, sync', [...sync, thesis], options)),
    ...(await measure('span, async', async, options)),
    ...(await measure('span, Observable', stream, options)),
  );
  await sdk.shutdown();
  return rows;
}
