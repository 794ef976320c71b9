import { describe, expect, it } from 'vitest';
import type { Attributes } from '@opentelemetry/api';
import { addDelivery } from './delivery.js';

function deliveryAttributes(...args: [boolean | undefined, Record<string, unknown> | undefined]): Attributes {
  const attributes: Attributes = {};
  addDelivery(attributes, ...args);
  return attributes;
}

describe('addDelivery', () => {
  it('says nothing about a first delivery', () => {
    expect(deliveryAttributes(false, { 'x-delivery-count': 0 })).toEqual({});
    expect(deliveryAttributes(undefined, undefined)).toEqual({});
  });

  it('says what the broker knows about earlier ones', () => {
    const headers = {
      'x-delivery-count': 2,
      'x-death': [
        { reason: 'delivery_limit', queue: 'tasks', count: 1, exchange: '' },
        { reason: 'rejected', queue: 'other', count: 7 },
      ],
    };
    expect(deliveryAttributes(true, headers)).toEqual({
      'distrace.rabbitmq.redelivered': true,
      'distrace.rabbitmq.delivery_count': 2,
      'distrace.rabbitmq.death.reason': 'delivery_limit',
      'distrace.rabbitmq.death.queue': 'tasks',
      'distrace.rabbitmq.death.count': 1,
    });
  });

  it.each([
    { 'x-delivery-count': 'many', 'x-death': 'yes' },
    { 'x-death': [] },
    { 'x-death': [null] },
    { 'x-death': [{ reason: 1, queue: {}, count: '2' }] },
  ])('leaves out what is no such thing: %j', (headers) => {
    expect(deliveryAttributes(false, headers)).toEqual({});
  });
});
