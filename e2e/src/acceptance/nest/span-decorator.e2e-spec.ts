import 'reflect-metadata';
import { createTracingHarness, spanTree } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Span } from '@distrace/tracing';
import { Controller, Inject, Injectable } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom, Observable, of, timer } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { endedSpans } from '../support/spans.ts';

/** Work that says where it ran: its span must be below the method's, and end before it. */
function inside<T>(result: T): T {
  trace.getTracer('test').startSpan('inside').end();
  return result;
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** As query builders do: the work begins when somebody waits for it. */
class Query {
  // oxlint-disable-next-line unicorn/no-thenable -- the subject of the test
  then<T>(onFulfilled: (value: string) => T, onRejected?: (error: unknown) => T): Promise<T> {
    return soon()
      .then(() => inside('thenable'))
      .then(onFulfilled, onRejected);
  }
}

class Base {
  @Span()
  inherited(): string {
    return inside('inherited');
  }

  @Span()
  async overridden(): Promise<string> {
    await soon();
    return inside('overridden');
  }
}

@Injectable()
class Kinds extends Base {
  readonly #secret = '#private';

  @Span()
  sync(): string {
    return inside('sync');
  }

  @Span()
  async async(): Promise<string> {
    await soon();
    return inside('async');
  }

  @Span()
  promise(): Promise<string> {
    return soon().then(() => inside('promise'));
  }

  @Span()
  thenable(): Query {
    return new Query();
  }

  @Span()
  observable(): Observable<string> {
    return new Observable((subscriber) => {
      const ticking = timer(1).subscribe(() => {
        subscriber.next(inside('observable'));
        subscriber.complete();
      });
      return () => ticking.unsubscribe();
    });
  }

  @Span()
  failingObservable(): Observable<string> {
    return new Observable((subscriber) => subscriber.error(inside(new RangeError('stream'))));
  }

  @Span()
  endlessObservable(): Observable<string> {
    return new Observable((subscriber) => {
      const ticking = timer(0, 1).subscribe(() => subscriber.next(inside('unsubscribed')));
      return () => ticking.unsubscribe();
    });
  }

  @Span()
  async *generator(): AsyncGenerator<string> {
    await soon();
    yield 'generator';
    inside('late');
    yield 'and more';
  }

  @Span()
  get getter(): string {
    return inside('getter');
  }

  @Span()
  static make(): string {
    return inside('static');
  }

  @Span()
  ofPrivate(): string {
    return inside(this.#secret);
  }

  override async overridden(): Promise<string> {
    return `${await super.overridden()}+`;
  }
}

/** How a handler uses each kind, the span it makes, and the answer. */
const CASES: Record<
  string,
  { use: (kinds: Kinds) => unknown; span: string; answer: string; error?: string; inside?: number }
> = {
  sync: { use: (kinds) => kinds.sync(), span: 'Kinds.sync', answer: 'sync' },
  async: { use: (kinds) => kinds.async(), span: 'Kinds.async', answer: 'async' },
  promise: { use: (kinds) => kinds.promise(), span: 'Kinds.promise', answer: 'promise' },
  // oxlint-disable-next-line typescript/await-thenable -- the subject of the test
  thenable: { use: async (kinds) => await kinds.thenable(), span: 'Kinds.thenable', answer: 'thenable' },
  'Observable that completes': {
    use: (kinds) => kinds.observable(),
    span: 'Kinds.observable',
    answer: 'observable',
  },
  'Observable that fails': {
    use: (kinds) => kinds.failingObservable(),
    span: 'Kinds.failingObservable',
    answer: 'failed',
    error: 'RangeError',
  },
  'Observable that is unsubscribed': {
    use: (kinds) => firstValueFrom(kinds.endlessObservable()),
    span: 'Kinds.endlessObservable',
    answer: 'unsubscribed',
  },
  'async generator used up': {
    use: async (kinds) => {
      const all: string[] = [];
      for await (const value of kinds.generator()) all.push(value);
      return all.join(' ');
    },
    span: 'Kinds.generator',
    answer: 'generator and more',
  },
  'async generator left early': {
    use: async (kinds) => {
      for await (const value of kinds.generator()) return value;
      return 'empty';
    },
    span: 'Kinds.generator',
    answer: 'generator',
    inside: 0,
  },
  getter: { use: (kinds) => kinds.getter, span: 'Kinds.getter', answer: 'getter' },
  static: { use: () => Kinds.make(), span: 'Kinds.make', answer: 'static' },
  inherited: { use: (kinds) => kinds.inherited(), span: 'Base.inherited', answer: 'inherited' },
  overridden: { use: (kinds) => kinds.overridden(), span: 'Base.overridden', answer: 'overridden+' },
  '#private': { use: (kinds) => kinds.ofPrivate(), span: 'Kinds.ofPrivate', answer: '#private' },
};

@Controller()
class KindsController {
  constructor(@Inject(Kinds) private readonly kinds: Kinds) {}

  @MessagePattern('use')
  use(@Payload() name: string): unknown {
    return CASES[name]?.use(this.kinds) ?? of('no such case');
  }
}

let tracing: TracingHarness;
let app: StartedApp;
beforeAll(async () => {
  tracing = createTracingHarness();
  app = await startApp({ controllers: [KindsController], providers: [Kinds] });
});
afterEach(() => tracing.spans.clear());
afterAll(async () => {
  await app.close();
  await tracing.close();
});

describe('@Span in an application', () => {
  it.each(Object.keys(CASES))('28: covers the work below its message’s span: %s', async (name) => {
    const { span: expected, answer, error, inside: insides = 1 } = CASES[name] as (typeof CASES)[string];
    const answered = lastValueFrom(app.client.send<string>('use', name)).catch(() => 'failed');
    expect(await answered).toBe(answer);

    const spans = await endedSpans(tracing, 3 + insides);
    expect(spanTree(spans)).toEqual([
      `PRODUCER send ${app.queue}`,
      `  CONSUMER process ${app.queue}`,
      `    INTERNAL ${expected}`,
      ...Array.from({ length: insides }, () => '      INTERNAL inside'),
    ]);
    const order = spans.map((span) => span.name);
    expect(order.lastIndexOf('inside')).toBeLessThan(order.indexOf(expected));
    expect(order.indexOf(expected)).toBeLessThan(order.indexOf(`process ${app.queue}`));
    const { status, attributes } = spans[order.indexOf(expected)] as (typeof spans)[number];
    expect({ code: status.code, type: attributes['error.type'] }).toEqual({
      code: error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR,
      type: error,
    });
  });
});
