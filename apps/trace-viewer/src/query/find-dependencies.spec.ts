import { linkDependencies, summarise } from '@distrace/zipkin';
import { describe, expect, it, vi } from 'vitest';
import { hex, storeOf, timed } from '../store/store.spec.helper.js';
import { findDependencies } from './find-dependencies.js';
import { LinkCache } from './link-cache.js';
import { spansOf } from './trace-text.js';
import { SummaryCache } from './summary-cache.js';

const call = (trace: number, timestamp: number, tags: Record<string, string> = {}) => [
  timed(trace, 1, timestamp, { kind: 'CLIENT' }),
  timed(trace, 1, timestamp, {
    kind: 'SERVER',
    shared: true,
    localEndpoint: { serviceName: 'executor' },
    tags,
  }),
];

describe('findDependencies', () => {
  const store = storeOf([
    ...call(1, 1_000_000),
    ...call(2, 2_000_000, { error: 'x' }),
    ...call(3, 9_000_000),
  ]);

  it('sums the calls of all traces in the window', async () => {
    expect(
      await findDependencies({ reader: store, links: new LinkCache() }, { beginMs: 1000, endMs: 2000 }),
    ).toEqual([{ parent: 'client', child: 'executor', callCount: 2, errorCount: 1 }]);
  });

  it('knows nothing of traces outside of it', async () => {
    expect(
      await findDependencies({ reader: store, links: new LinkCache() }, { beginMs: 3000, endMs: 8000 }),
    ).toEqual([]);
    expect(store.trace(hex(3))).toBeDefined();
  });

  it('lets others work between traces', async () => {
    let clock = 0;
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    const slow = { now: () => (clock += 10), pause };
    await findDependencies({ reader: store, links: new LinkCache() }, { beginMs: 0, endMs: 10_000 }, slow);
    expect(pauses).toBe(3);
  });
});

describe('LinkCache', () => {
  it('keeps what it found until the trace grows or goes', async () => {
    const links = new LinkCache();
    const store = storeOf(call(1, 1_000_000), { maxSpans: 5, onEvict: (trace) => links.forget(trace) });
    const trace = store.trace(hex(1))!;
    const texts = vi.spyOn(trace, 'texts');
    const first = await links.of(trace);
    expect(first).toEqual([{ parent: 'client', child: 'executor', callCount: 1 }]);
    expect(await links.of(trace)).toBe(first);
    expect(texts).toHaveBeenCalledOnce();
    store.add([timed(1, 2, 1_000_000, { kind: 'CLIENT', remoteEndpoint: { serviceName: 'db' } })]);
    expect(await links.of(trace)).toHaveLength(2);
    expect(links.size).toBe(1);
    store.add([...call(2, 2_000_000), ...call(3, 3_000_000)]);
    expect(links.size).toBe(0);
    await links.of(trace);
    expect(links.size).toBe(0);
  });

  it('asks another thread about a trace of many spans, and meanwhile others are served', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) =>
      timed(1, at + 2, 1_000_000 + at, {
        parentId: hex(1),
        kind: 'CLIENT',
        remoteEndpoint: { serviceName: 'db' },
      }),
    );
    const store = storeOf([timed(1, 1, 1_000_000), ...many]);
    const trace = store.trace(hex(1))!;
    const began = process.threadCpuUsage();
    const links = new LinkCache();
    const summaries = new SummaryCache();
    const [found, summary] = await Promise.all([links.of(trace), summaries.of(trace)]);
    const here = process.threadCpuUsage(began);
    const beganAtOnce = process.threadCpuUsage();
    linkDependencies([spansOf(trace)]);
    summarise(spansOf(trace));
    const atOnce = process.threadCpuUsage(beganAtOnce);
    expect(found).toEqual([{ parent: 'client', child: 'db', callCount: 20_000 }]);
    expect(summary).toMatchObject({ spanCount: 20_001 });
    // To hand over the texts is all that this thread does.
    expect(here.user + here.system).toBeLessThan((atOnce.user + atOnce.system) / 2);
  });
});
