import { EventEmitter } from 'node:events';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { OpenThreadSpans } from './open-thread-spans.js';
import { receiveThreadSpans } from './receive-thread-spans.js';
import type { SpanMessage, SpanRecord } from './span-message.js';

const NOW = 1_795_000_000_500.25;

let running: Set<ReadableSpan>;
let ended: ReadableSpan[];
const processor: SpanProcessor = {
  onStart: (span: Span) => void running.add(span),
  onEnd: (span) => {
    running.delete(span);
    ended.push(span);
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const bad: SpanProcessor = {
  ...processor,
  onStart: () => {
    throw new Error('bad');
  },
  onEnd: () => {
    throw new Error('bad');
  },
};
beforeEach(() => {
  running = new Set();
  ended = [];
});

function message(event: 'start' | 'end', id: number, changes: Partial<SpanRecord> = {}, threadId = 1) {
  const record: SpanRecord = {
    name: `span ${id}`,
    kind: 0,
    context: {
      traceId: 'a'.repeat(32),
      spanId: id.toString(16).padStart(16, '0'),
      traceFlags: TraceFlags.SAMPLED,
    },
    startTime: [1_795_000_000, 999_000_000],
    endTime: [0, 0],
    duration: [0, 0],
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'thread.id': threadId, own: 1 },
    links: [],
    events: [],
    scope: { name: 'test' },
    resource: {},
    dropped: [0, 0, 0],
    ...changes,
  };
  return { 'distrace.thread': event, threadId, span: record } satisfies SpanMessage;
}

function openSpans(maxOpenSpans = 10, now = () => NOW + 1000) {
  return new OpenThreadSpans({ chain: () => [bad, processor], maxOpenSpans, now });
}

const names = (spans: Iterable<ReadableSpan>) => Array.from(spans, ({ name }) => name);

describe('the open spans of threads', () => {
  it('are running from start to end, as one object, whatever another processor does', () => {
    const spans = openSpans();
    spans.take(message('start', 1));
    expect(names(running)).toEqual(['span 1']);
    const [span] = running;
    spans.take(message('end', 1, { attributes: { late: 2 } }));
    expect(ended).toEqual([span]);
    expect(running.size).toBe(0);
    spans.abandon('gone');
    expect(ended).toHaveLength(1);
  });

  it('end as failed, with what is known of them, when they are abandoned', () => {
    const spans = openSpans();
    spans.take(message('start', 1));
    spans.abandon('the thread has gone');
    expect(running.size).toBe(0);
    const [span] = ended;
    expect(span).toMatchObject({
      ended: true,
      startTime: [1_795_000_000, 999_000_000],
      endTime: [1_795_000_001, 500_250_000],
      duration: [0, 501_250_000],
      status: { code: SpanStatusCode.ERROR, message: 'the thread has gone' },
      attributes: { 'thread.id': 1, own: 1, 'error.type': 'span_abandoned' },
    });
  });

  it('never end before they start, by whatever clock', () => {
    const spans = openSpans(10, () => 5);
    spans.take(message('start', 1));
    spans.abandon('gone');
    expect(ended[0]).toMatchObject({ endTime: [1_795_000_000, 999_000_000], duration: [0, 0] });
  });

  it('are abandoned for one thread alone', () => {
    const spans = openSpans();
    spans.take(message('start', 1, {}, 1));
    // The attribute is the application's to change.
    spans.take(message('start', 2, { attributes: { 'thread.id': 1 } }, 2));
    spans.abandon('gone', 1);
    expect([names(running), names(ended)]).toEqual([['span 2'], ['span 1']]);
  });

  it('make room when they are abandoned', () => {
    const spans = openSpans(1);
    spans.take(message('start', 1));
    spans.take(message('start', 2));
    expect(names(running)).toEqual(['span 1']);
    spans.abandon('gone');
    spans.take(message('start', 3));
    expect(names(running)).toEqual(['span 3']);
  });
});

/** A pool as Piscina is: it repeats messages of its threads, and tells of new ones. */
class Pool extends EventEmitter {
  readonly threads: Thread[] = [];
  add(threadId: number): Thread {
    const thread = new Thread(threadId);
    thread.on('message', (said) => this.emit('message', said));
    this.threads.push(thread);
    this.emit('workerCreate', {});
    return thread;
  }
}

class Thread extends EventEmitter {
  threadId: number;
  constructor(threadId: number) {
    super();
    this.threadId = threadId;
  }
  /** As Node's: a worker that has ended has no id. */
  exit(code: number): void {
    this.threadId = -1;
    this.emit('exit', code);
  }
}

describe('a pool', () => {
  it('ends the spans of a thread that dies, not those of the others, also of a thread that came later', () => {
    const pool = new Pool();
    const first = pool.add(1);
    using received = receiveThreadSpans(pool, { processors: [processor] });
    const second = pool.add(2);
    first.emit('message', message('start', 1, {}, 1));
    second.emit('message', message('start', 2, {}, 2));
    // Pools forget a thread, and say so, before its last messages have come.
    pool.threads.pop();
    pool.emit('workerDestroy', {});
    second.emit('message', message('start', 3, {}, 2));
    second.exit(1);
    expect([names(running), names(ended)]).toEqual([['span 1'], ['span 2', 'span 3']]);
    expect(ended[0]?.status.message).toBe('the worker thread ended with exit code 1 before this span did');
    expect(received).toBeDefined();
  });

  it('is left without listeners, and with no span open, when nobody receives any more', () => {
    const pool = new Pool();
    const thread = pool.add(1);
    const received = receiveThreadSpans(pool, { processors: [processor] });
    thread.emit('message', message('start', 1));
    received[Symbol.dispose]();
    received[Symbol.dispose]();
    expect([names(running), names(ended)]).toEqual([[], ['span 1']]);
    expect([...pool.eventNames(), ...thread.eventNames()]).toEqual(['message']);
    thread.emit('message', message('start', 2));
    expect(running.size).toBe(0);
  });

  it('keeps nothing of threads that have ended', () => {
    const pool = new Pool();
    using received = receiveThreadSpans(pool, { processors: [processor] });
    const thread = pool.add(1);
    thread.exit(0);
    expect(thread.listenerCount('exit')).toBe(0);
    expect(received).toBeDefined();
  });
});

describe('a port', () => {
  it('ends its spans when the other side closes', () => {
    const port = new EventEmitter();
    using received = receiveThreadSpans(port, { processors: [processor] });
    port.emit('message', message('start', 1));
    port.emit('close');
    expect(ended[0]?.status.message).toBe('the worker thread ended before this span did');
    expect(received).toBeDefined();
  });
});
