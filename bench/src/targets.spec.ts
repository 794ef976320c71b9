import { expect, it } from 'vitest';
import { targetLines } from './targets.ts';

const row = (
  bench: string,
  { variant, unit, median }: { variant: string; unit: string; median: number },
) => ({
  bench,
  variant,
  unit,
  median,
  ratioToNone: 0,
});

it('says which targets hold and which do not, each by its own measure', () => {
  const unit = 'CPU µs/message';
  const rows = [
    row('rmq emit, added', { variant: 'distrace', unit, median: 10 }),
    row('rmq emit, added', { variant: 'instrumentation-amqplib', unit, median: 25 }),
    row('rmq emit', { variant: 'distrace', unit: 'messages/s', median: 1 }),
    row('task', { variant: 'off', unit: 'tasks/s', median: 100 }),
    row('task', { variant: 'on, disk', unit: 'tasks/s', median: 80 }),
    row('span, no SDK, sync', { variant: 'none', unit: 'ns/op', median: 5 }),
    row('span, no SDK, sync', { variant: '@Span', unit: 'ns/op', median: 160 }),
    row('tracez, 64 in flight', { variant: 'tracez over no-op', unit: 'ns/span', median: 151 }),
  ];
  expect(targetLines(rows)).toEqual([
    'holds  span, no SDK, sync: @Span − none = 155 (at most 1000)',
    'holds  rmq emit, added: distrace / instrumentation-amqplib = 0.4 (at most 0.5)',
    'MISSED  tracez, 64 in flight: tracez over no-op = 151 (at most 150)',
    'MISSED  task: on, disk / off = 0.8 (at least 0.9)',
  ]);
});

it('holds what has nothing beside it to its bound', () => {
  const rows = [
    row('viewer, page', { variant: 'script, gzip', unit: 'KB', median: 61 }),
    row('viewer, tree of 50,000 spans', { variant: 'slowest', unit: 'CPU ms', median: 399 }),
    row('viewer, tree of 50,000 spans', { variant: 'slowest', unit: 'ms', median: 700 }),
  ];
  expect(targetLines(rows)).toEqual([
    'MISSED  viewer, page: script, gzip = 61 (at most 60)',
    'holds  viewer, tree of 50,000 spans: slowest = 399 (at most 400)',
  ]);
});
