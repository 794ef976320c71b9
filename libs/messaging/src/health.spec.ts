import { describe, expect, it } from 'vitest';
import { BrokerHealth, type BrokerState } from './health.js';

function healthOf(...states: BrokerState[]): BrokerState {
  const health = new BrokerHealth();
  for (const state of states) health.watch({ state });
  return health.state;
}

describe('BrokerHealth', () => {
  it('is that of the consumer which is worst off', () => {
    expect(healthOf()).toBe('starting');
    expect(healthOf('ok')).toBe('ok');
    expect(healthOf('ok', 'starting')).toBe('starting');
    expect(healthOf('starting', 'disconnected', 'ok')).toBe('disconnected');
    expect(healthOf('ok', 'ok')).toBe('ok');
  });
});
