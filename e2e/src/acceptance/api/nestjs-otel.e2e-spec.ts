import 'reflect-metadata';
import { createRequire } from 'node:module';
import { NoSpan, Span, Traceable } from '@distrace/tracing';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { lastValueFrom, timer } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Decorators {
  readonly Span: (...args: unknown[]) => MethodDecorator;
  readonly Traceable: () => ClassDecorator;
}

const theirs = createRequire(import.meta.url)('nestjs-otel') as Decorators;
const ours = { Span, Traceable } as Decorators;

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

const names = () => tracing.spans.ended.map(({ name }) => name);

/** What came of a call. */
function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the guide says about both, as a change that moving from one to the other brings. */
describe.each([
  {
    whose: 'nestjs-otel',
    ...theirs,
    endedBefore: ['Books.stream'],
    perMethod: ['Books.list', 'Books.list'],
    staticName: 'Function.make',
    onGetter: 'The @Span decorator can be only used on functions, but all is not a function.',
    resultOf: (attributes: object): object => ({ attributes }),
    afterBadOptions: 'no options',
  },
  {
    whose: 'ours',
    ...ours,
    endedBefore: [],
    perMethod: ['Books.list'],
    staticName: 'Books.make',
    onGetter: undefined,
    resultOf: (attributes: object): object => attributes,
    afterBadOptions: 'called',
  },
])('@Span of $whose', (peer) => {
  it('ends as the guide says when the result is an Observable', async () => {
    class Books {
      @peer.Span()
      stream() {
        return timer(1);
      }
    }
    const stream = new Books().stream();
    expect(names()).toEqual(peer.endedBefore);
    await lastValueFrom(stream);
    expect(names()).toEqual(['Books.stream']);
  });

  it('makes as many spans of a method with its own in a traced class', () => {
    @peer.Traceable()
    class Books {
      @peer.Span()
      list() {
        return [];
      }
    }
    new Books().list();
    expect(names()).toEqual(peer.perMethod);
  });

  it('names statics and meets getters as the guide says', () => {
    class Books {
      get all() {
        return [];
      }
      @peer.Span()
      static make() {
        return [];
      }
    }
    Books.make();
    expect(names()).toEqual([peer.staticName]);
    const getter = Object.getOwnPropertyDescriptor(Books.prototype, 'all') ?? {};
    expect(outcome(() => void peer.Span()(Books.prototype, 'all', getter))).toBe(peer.onGetter);
  });

  it('takes the attributes of a result, and options that throw', () => {
    const attributes = { 'book.count': 0 };
    class Books {
      @peer.Span({ onResult: () => peer.resultOf(attributes) })
      list() {
        return [];
      }
      @peer.Span('find', () => {
        throw new Error('no options');
      })
      find() {
        return 'called';
      }
    }
    new Books().list();
    expect(tracing.spans.named('Books.list').attributes).toEqual(attributes);
    expect(outcome(() => new Books().find())).toBe(peer.afterBadOptions);
  });
});

it('@NoSpan leaves a method of a traced class out', () => {
  @Traceable()
  class Books {
    @NoSpan()
    hidden() {
      return [];
    }
  }
  new Books().hidden();
  expect(names()).toEqual([]);
});
