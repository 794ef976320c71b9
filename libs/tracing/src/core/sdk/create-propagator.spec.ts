import { expect, it } from 'vitest';
import { createPropagator } from './create-propagator.js';
import { findSdkPackage } from './sdk-packages.js';

it('says which package B3 needs when there is none', () => {
  const find = ((name) =>
    name === '@opentelemetry/propagator-b3' ? undefined : findSdkPackage(name)) as typeof findSdkPackage;
  expect(() => createPropagator(['b3'], find)).toThrow(
    expect.objectContaining({ code: 'DT_ERR_PROPAGATION_PACKAGE' }),
  );
  expect(createPropagator(['tracecontext'], find)?.fields()).toEqual(['traceparent', 'tracestate']);
});

it('knows a message’s own B3 context by either form, whichever it writes', () => {
  expect(createPropagator(['tracecontext', 'b3'])?.fields()).toEqual(
    expect.arrayContaining(['traceparent', 'b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled']),
  );
});

it('is none when nothing is to be written', () => {
  expect(createPropagator([])).toBeNull();
});
