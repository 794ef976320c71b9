import { describe, expect, it } from 'vitest';
import { checkOptions } from './check-options.js';
import type { TracingOptions } from './tracing-options.js';

const untyped = (options: unknown) => () => checkOptions(options as TracingOptions);

describe('checkOptions', () => {
  it.each([
    [{ messaging: { consumer: 'foo' } }, "messaging.consumer is one of parent, link, both, got 'foo'"],
    [{ messaging: { destinationTemplate: 'x' } }, 'messaging.destinationTemplate is a function'],
    [{ messaging: { publishTime: 0 } }, 'messaging.publishTime is true or false, got number'],
    [{ http: { ignore: /health/ } }, 'http.ignore is a function, got object'],
    [{ http: { trustCarried: 'yes' } }, "http.trustCarried is true or false, got 'yes'"],
    [{ recordUnsampled: 'yes' }, "recordUnsampled is true or false, got 'yes'"],
    [{ errors: { classify: null } }, 'errors.classify is a function, got object'],
  ])('says what is wrong with %o', (options, message) => {
    expect(untyped(options)).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_TRACING_OPTION',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([
    {},
    { messaging: false, http: false, recordUnsampled: true },
    { messaging: { consumer: 'both', destinationTemplate: () => 'x', publishTime: false } },
    { http: { ignore: () => true, trustCarried: false }, errors: { classify: () => 'error' } },
    { messaging: { consumer: undefined }, errors: undefined },
  ])('takes %o', (options) => {
    expect(untyped(options)).not.toThrow();
  });
});
