import { createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { linked } from './linked-context.js';

const a = createContextKey('linked a');
const b = createContextKey('linked b');

describe('a linked context', () => {
  it('has what its parent has, and answers for what is set on it', () => {
    const parent = ROOT_CONTEXT.setValue(a, 1);
    const ctx = linked(parent).setValue(b, 2);
    expect([ctx.getValue(a), ctx.getValue(b)]).toEqual([1, 2]);
    expect([parent.getValue(a), parent.getValue(b)]).toEqual([1, undefined]);
  });

  it('never changes: setting and deleting make another', () => {
    const ctx = linked(ROOT_CONTEXT).setValue(a, 1);
    const changed = ctx.setValue(a, 2);
    const without = changed.deleteValue(a);
    expect([ctx, changed, without].map((each) => each.getValue(a))).toEqual([1, 2, undefined]);
    expect(linked(ROOT_CONTEXT.setValue(a, 1)).deleteValue(a).getValue(a)).toBeUndefined();
  });

  it('is made once', () => {
    const ctx = linked(ROOT_CONTEXT.setValue(a, 1));
    expect(linked(ctx)).toBe(ctx);
    expect(linked(ROOT_CONTEXT)).toBe(linked(ROOT_CONTEXT));
  });

  it('keeps all values over any number of keys, and is not slower to read for it', () => {
    const keys = Array.from({ length: 100 }, (_, index) => createContextKey(`linked ${index}`));
    let ctx: Context = linked(ROOT_CONTEXT);
    for (const key of [...keys, ...keys]) ctx = ctx.setValue(key, key.description);
    for (const key of keys) expect(ctx.getValue(key)).toBe(key.description);
  });

  it('lets go of values that were replaced in turns', () => {
    let ctx: Context = linked(ROOT_CONTEXT);
    for (let turn = 0; turn < 1000; turn++) ctx = ctx.setValue(a, turn).setValue(b, turn);
    expect([ctx.getValue(a), ctx.getValue(b)]).toEqual([999, 999]);
  });

  it('is a context to OpenTelemetry', () => {
    const span = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
    expect(trace.getSpan(trace.setSpan(linked(ROOT_CONTEXT), span))).toBe(span);
  });
});
