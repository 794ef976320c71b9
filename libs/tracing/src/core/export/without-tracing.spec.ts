import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutTracing } from './without-tracing.js';

describe('withoutTracing', () => {
  const storage = new AsyncLocalStorage<Context>();

  beforeEach(() => {
    context.setGlobalContextManager({
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (next, run, self, ...args) => storage.run(next, () => run.apply(self, args)),
      bind: (_, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
  });
  afterEach(() => context.disable());

  it("suppresses tracing as OpenTelemetry's core understands it, also after an await", async () => {
    await withoutTracing(async () => {
      expect(isTracingSuppressed(context.active())).toBe(true);
      await Promise.resolve();
      expect(isTracingSuppressed(context.active())).toBe(true);
    });
  });
});
