import { Span } from '@distrace/tracing';
import { TraceContext } from '@distrace/tracing/core';
import { trace } from '@opentelemetry/api';
import { measure } from './measure.ts';
import type { Row, Variant } from './measure.ts';
import { startNullSdk } from './sdk.ts';

class Work {
  value = 0;

  plain(): number {
    return ++this.value;
  }

  async plainAsync(): Promise<number> {
    return ++this.value;
  }
}

/** A method as `@Span` makes it; this file is run as it stands, without decorators. */
function traced<K extends 'plain' | 'plainAsync'>(key: K): Work[K] {
  const descriptor = { value: Work.prototype[key] as unknown };
  Span()(Work.prototype, key, descriptor as TypedPropertyDescriptor<never>);
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

/** What a span around a method costs: ours beside OpenTelemetry by hand, beside nothing. */
export async function span(): Promise<Row[]> {
  const tracer = trace.getTracer('bench');
  const plain = traced('plain');
  const plainAsync = traced('plainAsync');
  const syncVariants = [
    synchronous('none', (work) => work.plain()),
    synchronous('startActiveSpan', (work) =>
      tracer.startActiveSpan('work', (active) => {
        const result = work.plain();
        active.end();
        return result;
      }),
    ),
    synchronous('@Span', (work) => plain.call(work)),
    synchronous('openNestedSpan', (work) => {
      const tc = TraceContext.create();
      tc.openNestedSpan('work');
      work.plain();
      tc.closeCurrentSpan();
    }),
  ];
  const asyncVariants = [
    asynchronous('none', (work) => work.plainAsync()),
    asynchronous('startActiveSpan', (work) =>
      tracer.startActiveSpan('work', async (active) => {
        try {
          return await work.plainAsync();
        } finally {
          active.end();
        }
      }),
    ),
    asynchronous('@Span', (work) => plainAsync.call(work)),
  ];
  const noSdk = await measure(
    'span, no SDK',
    [syncVariants[0], syncVariants[2]].filter((v) => v !== undefined),
  );
  const sdk = startNullSdk();
  const rows = [
    ...noSdk,
    ...(await measure('span, sync', syncVariants)),
    ...(await measure('span, async', asyncVariants)),
  ];
  await sdk.shutdown();
  return rows;
}
