import { expect, it } from 'vitest';
import { momentsOf } from './moments.js';
import { span, START } from './sample.spec.helper.js';

it('puts annotations between a span’s start and end, in order', () => {
  const { moments, from, to, own } = momentsOf(
    span(1, undefined, { kind: 'CONSUMER', annotations: [{ timestamp: START + 40, value: 'tskReceived' }] }),
  );
  expect(moments.map(({ text }) => text)).toEqual(['Message received', 'tskReceived', 'Message done']);
  expect([from, to, own]).toEqual([START, START + 100, 1]);
});

it('reaches as far as annotations do, and says what Zipkin’s short names mean', () => {
  const { moments, from, to } = momentsOf(
    span(1, undefined, {
      took: 0,
      annotations: [
        { timestamp: START + 900, value: 'cr' },
        { timestamp: START - 5, value: 'constructor' },
      ],
    }),
  );
  expect(moments.map(({ text }) => text)).toEqual(['constructor', 'Start', 'cr (Client received)']);
  expect([from, to]).toEqual([START - 5, START + 900]);
});

it('shows the first line of an exception only', () => {
  const value = `exception: ${JSON.stringify({ 'exception.stacktrace': 'Error: x\n at a' })}`;
  expect(momentsOf(span(1, undefined, { annotations: [{ timestamp: START, value }] })).moments[1]!.text).toBe(
    'Error: x',
  );
});
