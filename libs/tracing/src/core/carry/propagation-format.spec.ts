import { describe, expect, it } from 'vitest';
import { choosePropagation } from './propagation-format.js';

describe('choosePropagation', () => {
  it.each([
    [undefined, {}, undefined],
    [undefined, { OTEL_PROPAGATORS: ' b3 , baggage,' }, ['b3', 'baggage']],
    [undefined, { OTEL_PROPAGATORS: 'none' }, undefined],
    [undefined, { OTEL_PROPAGATORS: 'tracecontext,jaeger' }, undefined],
    [['b3multi', 'b3multi'], { OTEL_PROPAGATORS: 'b3' }, ['b3multi']],
    [[], {}, []],
  ])('%j with %j: %j', (option, env, formats) => {
    expect(choosePropagation(option, env)).toEqual(formats);
  });

  it.each([['b3'], [['jaeger']], [['B3']], [null], [{}], [[undefined]], [Number.NaN]])(
    'refuses %j',
    (option) => {
      expect(() => choosePropagation(option, {})).toThrow(
        expect.objectContaining({
          code: 'DT_ERR_PROPAGATION',
          message: expect.stringMatching(/^propagation is a list of .*, got .*\. Name those/) as string,
        }),
      );
    },
  );
});
