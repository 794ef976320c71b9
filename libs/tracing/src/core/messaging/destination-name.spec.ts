import { expect, it } from 'vitest';
import { destinationName } from './destination-name.js';

it.each([
  ['', 'orders', 'orders', 'orders'],
  ['', 'orders', undefined, 'orders'],
  ['shop', 'orders.new', 'billing', 'shop:orders.new:billing'],
  ['shop', '', 'billing', 'shop:billing'],
  ['shop', '', undefined, 'shop'],
  ['', '', undefined, 'amq.default'],
])('exchange %j, routing key %j, queue %j: %s', (exchange, routingKey, queue, name) => {
  expect(destinationName({ exchange, routingKey, queue })).toBe(name);
});
