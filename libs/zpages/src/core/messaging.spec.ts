import { SpanKind } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createTracez } from './tracez.spec.helper.js';

describe('the columns of messages', () => {
  function handled(...deliveries: readonly Attributes[]) {
    const { start, end, all } = createTracez();
    for (const attributes of deliveries) {
      const span = start('process tasks', { kind: SpanKind.CONSUMER });
      span.attributes = attributes;
      end(span);
    }
    return all().rows[0]?.messaging;
  }

  it('say destination, redeliveries, the most deliveries, and the lag', () => {
    const columns = handled(
      { 'messaging.destination.name': 'tasks', 'distrace.rabbitmq.lag_ms': 10 },
      {
        'messaging.destination.name': 'tasks',
        'distrace.rabbitmq.redelivered': true,
        'distrace.rabbitmq.lag_ms': 2000,
      },
      {
        'messaging.destination.name': 'tasks.7',
        'messaging.destination.template': 'tasks.{n}',
        'distrace.rabbitmq.redelivered': true,
        'distrace.rabbitmq.delivery_count': 3,
        'distrace.rabbitmq.lag_ms': 12.5,
      },
    );
    expect(columns).toMatchObject({
      spanKind: 'CONSUMER',
      destination: 'tasks.{n}',
      redelivered: 2,
      maxDeliveryCount: 3,
      lag: { count: 3, maxMs: 2000 },
    });
    expect(columns?.lag?.p50Ms).toBeCloseTo(12.5, -1);
  });

  it('are there without a lag where nobody measured one, and take a clock that is ahead as no lag', () => {
    expect(handled({})).toEqual({ spanKind: 'CONSUMER', redelivered: 0, maxDeliveryCount: 0 });
    expect(handled({ 'distrace.rabbitmq.lag_ms': -5 })?.lag).toMatchObject({ count: 1, maxMs: 0 });
    const nonsense = { 'distrace.rabbitmq.lag_ms': Number.NaN, 'distrace.rabbitmq.delivery_count': 'x' };
    expect(handled(nonsense)).toEqual({ spanKind: 'CONSUMER', redelivered: 0, maxDeliveryCount: 0 });
  });

  it('are absent for spans about no message', () => {
    const { run, all } = createTracez();
    run('compute');
    expect(all().rows[0]).not.toHaveProperty('messaging');
  });
});
