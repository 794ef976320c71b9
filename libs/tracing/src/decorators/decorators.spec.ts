import 'reflect-metadata';
import { SetMetadata } from '@nestjs/common';
import { context, diag, propagation, SpanKind, trace } from '@opentelemetry/api';
import { BehaviorSubject, firstValueFrom, NEVER, Observable, of, throwError, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { NoSpan, Span, Traceable } from './index.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

const names = () => tracing.spans.ended.map((span) => span.name);
const activeName = () => (trace.getActiveSpan() as { name?: string } | undefined)?.name;

class LazyQuery {
  ran = 0;
  // oxlint-disable-next-line unicorn/no-thenable -- the subject of the test
  then<T>(onFulfilled: (value: string) => T): Promise<T> {
    this.ran++;
    return Promise.resolve('row').then(onFulfilled);
  }
  limit(): this {
    return this;
  }
}

class Base {
  @Span()
  inherited(): string | undefined {
    return activeName();
  }

  @Span()
  overridden(): string {
    return 'base';
  }
}

class Service extends Base {
  #secret = 41;

  @Span()
  sync(): string | undefined {
    return activeName();
  }

  @Span('renamed', { kind: SpanKind.CLIENT, attributes: { 'server.port': 1 } })
  async later(): Promise<string | undefined> {
    await Promise.resolve();
    return activeName();
  }

  @Span('with arguments', (id: string, _n: number) => ({ attributes: { id } }))
  withArguments(_id: string, _n: number): number {
    return ++this.#secret;
  }

  @Span({ onResult: (result: { size: number }) => ({ size: result.size }) })
  measured(): { size: number } {
    return { size: 3 };
  }

  @Span()
  throws(what: unknown): never {
    throw what;
  }

  @Span()
  async rejects(): Promise<never> {
    await Promise.resolve();
    throw new RangeError('late');
  }

  @Span()
  stream(source: Observable<number>): Observable<number> {
    return source;
  }

  @Span()
  async *numbers(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    yield 3;
  }

  @Span()
  query(): LazyQuery {
    return new LazyQuery();
  }

  @Span()
  get value(): string {
    return 'got';
  }

  @Span()
  static make(): string {
    return 'made';
  }

  override overridden(): string {
    return `${super.overridden()}+`;
  }
}

describe('@Span', () => {
  const service = new Service();

  it('is active while a method runs, synchronous or not', async () => {
    expect(service.sync()).toBe('Service.sync');
    expect(await service.later()).toBe('renamed');
    expect(tracing.spans.named('renamed')).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'server.port': 1 },
    });
  });

  it('takes attributes from arguments and from results', () => {
    expect(service.withArguments('x', 2)).toBe(42);
    service.measured();
    expect(tracing.spans.named('with arguments').attributes).toEqual({ id: 'x' });
    expect(tracing.spans.named('Service.measured').attributes).toEqual({ size: 3 });
  });

  it.each([
    [new TypeError('bad'), 'TypeError', 'bad'],
    ['text', '_OTHER', 'text'],
    [undefined, '_OTHER', 'undefined'],
  ])('passes on and records what is thrown (%s)', (what, type, message) => {
    expect(() => service.throws(what)).toThrow(what as Error);
    const span = tracing.spans.named('Service.throws');
    expect(span.attributes['error.type']).toBe(type);
    expect(span.status).toEqual({ code: 2, message });
  });

  it('records a rejection', async () => {
    await expect(service.rejects()).rejects.toThrow('late');
    expect(tracing.spans.named('Service.rejects').attributes['error.type']).toBe('RangeError');
  });

  it('covers an Observable until it completes, fails or is unsubscribed', async () => {
    const seen: (string | undefined)[] = [];
    const source = new Observable<number>((subscriber) => {
      seen.push(activeName());
      subscriber.next(1);
      subscriber.complete();
    });
    const stream = service.stream(source);
    expect(names()).toEqual([]);
    expect(await firstValueFrom(stream.pipe(toArray()))).toEqual([1]);
    expect(seen).toEqual(['Service.stream']);
    expect(names()).toEqual(['Service.stream']);

    tracing.spans.clear();
    await expect(firstValueFrom(service.stream(throwError(() => new Error('x'))))).rejects.toThrow('x');
    expect(tracing.spans.named('Service.stream').status.code).toBe(2);

    tracing.spans.clear();
    service.stream(NEVER).subscribe().unsubscribe();
    expect(tracing.spans.named('Service.stream').status.code).toBe(0);
    expect(await firstValueFrom(service.stream(of(7)))).toBe(7);
  });

  it('ends with the first of several subscriptions to an Observable, once', async () => {
    const complaints: string[] = [];
    const complain = (message: string) => void complaints.push(message);
    diag.setLogger(
      { error: complain, warn: complain, info() {}, debug() {}, verbose() {} },
      { suppressOverrideMessage: true },
    );
    const stream = service.stream(of(1));
    expect([await firstValueFrom(stream), await firstValueFrom(stream)]).toEqual([1, 1]);
    expect(names()).toEqual(['Service.stream']);
    expect(complaints).toEqual([]);
  });

  it('covers an async generator, also when it is left early', async () => {
    const all: number[] = [];
    for await (const n of service.numbers()) all.push(n);
    expect(all).toEqual([1, 2, 3]);
    expect(names()).toEqual(['Service.numbers']);
    for await (const n of service.numbers()) if (n === 1) break;
    expect(names()).toEqual(['Service.numbers', 'Service.numbers']);
  });

  it('covers a thenable, which stays what it is and runs once', async () => {
    const query = service.query();
    expect(query.ran).toBe(0);
    expect(query.limit()).toBeInstanceOf(LazyQuery);
    // oxlint-disable-next-line typescript/await-thenable -- the subject of the test
    expect(await query).toBe('row');
    expect(query.ran).toBe(1);
    expect(names()).toEqual(['Service.query']);
  });

  it('works on getters, statics, inherited and overridden methods', () => {
    expect([service.value, Service.make(), service.inherited(), service.overridden()]).toEqual([
      'got',
      'made',
      'Base.inherited',
      'base+',
    ]);
    expect(names()).toEqual(['Service.value', 'Service.make', 'Base.inherited', 'Base.overridden']);
  });

  it('keeps name, length and metadata', () => {
    class Guarded {
      @Span()
      @SetMetadata('roles', ['admin'])
      admin(_a: string, _b: string): void {}
    }
    const { admin } = Guarded.prototype;
    expect([admin.name, admin.length]).toEqual(['admin', 2]);
    expect(Reflect.getMetadata('roles', admin)).toEqual(['admin']);
  });

  it('keeps the baggage of the caller', () => {
    const ctx = propagation.setBaggage(
      context.active(),
      propagation.createBaggage({ tenant: { value: 't' } }),
    );
    context.with(ctx, () => service.sync());
    expect(names()).toEqual(['Service.sync']);
  });
});

/* oxlint-disable unicorn/no-thenable -- results that are thenables are the subject */
describe('@Span on results that are hard to look at', () => {
  class Odd {
    @Span()
    give<T>(result: T): T {
      return result;
    }
    @Span(() => ({
      get name(): string {
        throw new Error('no name');
      },
    }))
    throwingOptions(): number {
      return 1;
    }
  }
  const odd = new Odd();
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  it.each([
    [
      'a throwing then getter',
      Object.defineProperty({}, 'then', {
        get: () => {
          throw new Error('then');
        },
      }),
    ],
    ['a revoked proxy', proxy],
    ['a BehaviorSubject', new BehaviorSubject(1)],
    ['a frozen iterator', Object.freeze({ next() {}, [Symbol.asyncIterator]() {} })],
    ['a thenable that is fixed', Object.freeze({ then() {} })],
  ])('passes %s on as it is, and ends', (_, result) => {
    expect(odd.give(result) === result).toBe(true);
    expect(names()).toEqual(['Odd.give']);
  });

  /* oxlint-enable unicorn/no-thenable */

  it('keeps a promise that has more to it', async () => {
    const cancelable = Object.assign(Promise.resolve(1), { cancel: () => 'cancelled' });
    class Task<T> extends Promise<T> {
      constructor(
        run: (resolve: (value: T) => void) => void,
        readonly label: string,
      ) {
        super(run);
        if (label === undefined) throw new TypeError('a label is needed');
      }
    }
    const task = new Task<number>((resolve) => resolve(2), 'label');
    expect(odd.give(cancelable).cancel()).toBe('cancelled');
    expect(odd.give(task).label).toBe('label');
    await cancelable;
    expect(tracing.spans.ended).toHaveLength(2);
  });

  it('runs the method when its options throw', () => {
    expect(odd.throwingOptions()).toBe(1);
  });

  it('passes on an error that cannot be read', async () => {
    const unreadable = new (class extends Error {
      override get message(): string {
        throw new Error('no response');
      }
    })();
    const bare = Object.create(null) as object;
    for (const error of [unreadable, bare]) {
      let caught: unknown;
      try {
        new Service().throws(error);
      } catch (thrown) {
        caught = thrown;
      }
      expect(caught === error).toBe(true);
      const failing = new Service().stream(throwError(() => error));
      expect((await firstValueFrom(failing).catch((thrown: unknown) => thrown)) === error).toBe(true);
    }
  });
});

describe('@Traceable', () => {
  @Traceable()
  class Everything {
    one(): number {
      return 1;
    }

    @NoSpan()
    two(): number {
      return 2;
    }

    @Span('own name')
    three(): number {
      return 3;
    }
  }

  it('traces every method but those with @NoSpan, once', () => {
    const it = new Everything();
    expect(it.one() + it.two() + it.three()).toBe(6);
    expect(names()).toEqual(['Everything.one', 'own name']);
    expect(it.constructor).toBe(Everything);
  });
});

describe('without an SDK', () => {
  it('calls the method, nothing else', async () => {
    await tracing.close();
    const service = new Service();
    expect(service.withArguments('x', 1)).toBe(42);
    expect(await service.later()).toBeUndefined();
  });
});
