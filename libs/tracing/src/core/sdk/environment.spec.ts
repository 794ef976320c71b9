import { describe, expect, it } from 'vitest';
import { batchSettings, defaultLimits, isSdkDisabled } from './environment.js';

describe('the environment', () => {
  it.each([
    ['true', true],
    [' TRUE ', true],
    ['false', false],
    ['', false],
    [undefined, false],
  ])('OTEL_SDK_DISABLED=%s', (value, disabled) => {
    expect(isSdkDisabled({ OTEL_SDK_DISABLED: value })).toBe(disabled);
  });

  it('sets batching, where it says a positive whole number', () => {
    expect(
      batchSettings({
        OTEL_BSP_MAX_QUEUE_SIZE: '100',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: ' 10 ',
        OTEL_BSP_SCHEDULE_DELAY: '-1',
        OTEL_BSP_EXPORT_TIMEOUT: 'soon',
      }),
    ).toEqual({ maxQueueSize: 100, maxBatchSize: 10 });
    expect(batchSettings({})).toEqual({});
  });

  it('cuts attribute values, unless it says where', () => {
    expect(defaultLimits({})).toEqual({ attributeValueLengthLimit: 65_536 });
    expect(defaultLimits({ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10' })).toEqual({});
  });
});
