import { expect, it } from 'vitest';
import { span, START } from './sample.spec.helper.js';
import { isStackTag, stacksOf } from './stacks-of.js';

it('tells where a span was opened and closed, and when', () => {
  const stacks = stacksOf(
    span(1, undefined, { tags: { 'stacktrace.open': 'at a', 'stacktrace.close': 'at b', x: 'y' } }),
  );
  expect(stacks).toEqual([
    { title: 'Opened at', text: 'at a', isError: false, timestamp: START },
    { title: 'Closed at', text: 'at b', isError: false, timestamp: START + 100 },
  ]);
  expect([isStackTag('stacktrace.open'), isStackTag('x'), isStackTag('constructor')]).toEqual([
    true,
    false,
    false,
  ]);
});

it('puts OpenTelemetry’s exceptions first, from events and from tags', () => {
  const value = (attributes: object) => `exception: ${JSON.stringify(attributes)}`;
  const stacks = stacksOf(
    span(1, undefined, {
      annotations: [
        {
          timestamp: START + 5,
          value: value({ 'exception.type': 'Error', 'exception.stacktrace': 'Error: x\n at a' }),
        },
        { timestamp: START + 6, value: value({ 'exception.type': 'Error', 'exception.message': 'short' }) },
        { timestamp: START + 7, value: 'exception: {not json}' },
        { timestamp: START + 8, value: 'exception: []' },
      ],
      tags: { 'exception.type': 'TypeError', 'exception.stacktrace': 'TypeError: y' },
    }),
  );
  expect(stacks.map(({ title, text, isError }) => [title, text, isError])).toEqual([
    ['Exception', 'Error: x\n at a', true],
    ['Exception', 'Error: short', true],
    ['TypeError', 'TypeError: y', true],
  ]);
});
