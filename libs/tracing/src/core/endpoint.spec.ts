import { describe, expect, it } from 'vitest';
import { endpointAttributes } from './endpoint.js';

describe('endpointAttributes', () => {
  it('keeps what is known', () => {
    expect(endpointAttributes({ ip: '10.0.0.1', port: 80, serviceName: 'a' })).toEqual({
      'network.local.address': '10.0.0.1',
      'network.local.port': 80,
      'service.name': 'a',
    });
  });

  it('leaves out an address and a port that are nowhere', () => {
    expect(endpointAttributes({ ip: '0.0.0.0', port: 0 })).toEqual({});
    expect(endpointAttributes({ ip: '::' })).toEqual({});
  });
});
