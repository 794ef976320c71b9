import { defaultResource, detectResources, resourceFromAttributes } from '@opentelemetry/resources';
import { describe, expect, it, vi } from 'vitest';
import { diag } from '@opentelemetry/api';
import { knownAttributes, withSettledResource } from './resource-attributes.js';

function pendingResource() {
  const slow = { detect: () => ({ attributes: { 'host.id': Promise.resolve('7') } }) };
  const detected = detectResources({ detectors: [slow] });
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'first' }))
    .merge(detected)
    .merge(resourceFromAttributes({ 'service.name': 'last' }));
}

describe('knownAttributes', () => {
  it('answers what is known, and the resource logs no error', () => {
    const error = vi.fn<(text: string) => void>();
    diag.setLogger({ error, warn: error, info: () => {}, debug: () => {}, verbose: () => {} });
    const resource = pendingResource();
    expect(resource.asyncAttributesPending).toBe(true);
    expect(knownAttributes(resource)).toMatchObject({
      'service.name': 'last',
      'telemetry.sdk.language': 'nodejs',
    });
    expect(knownAttributes(resource)).not.toHaveProperty('host.id');
    expect(error).not.toHaveBeenCalled();
    diag.disable();
  });

  it('answers everything once it is settled', async () => {
    const resource = pendingResource();
    await withSettledResource([{ resource } as never], () => Promise.resolve());
    expect(knownAttributes(resource)).toMatchObject({ 'service.name': 'last', 'host.id': '7' });
  });
});
