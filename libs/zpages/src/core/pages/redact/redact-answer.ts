import { redactText } from './redact-text.js';
import { isSecretKey, REDACTED } from './secret-key.js';

/**
 * An answer of the aggregator without its secrets: every text of it goes through {@link redactText}, and an
 * attribute with a secret's name loses its value, whatever it is. What holds no secret is shared, not copied.
 */
export function redactAnswer<T>(answer: T): T {
  return redactValue(answer) as T;
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return redactList(value);
  if (isAttribute(value) && isSecretKey(value.key)) return { key: redactText(value.key), value: REDACTED };
  let copy: Record<string, unknown> | undefined;
  for (const [name, held] of Object.entries(value)) {
    const clean = redactValue(held);
    if (clean === held) continue;
    copy ??= { ...value };
    copy[name] = clean;
  }
  return copy ?? value;
}

function redactList(list: readonly unknown[]): readonly unknown[] {
  // Counts of latency buckets are most of what a page holds.
  if (typeof list[0] === 'number' && list.every((item) => typeof item === 'number')) return list;
  const clean = list.map(redactValue);
  return clean.some((item, i) => item !== list[i]) ? clean : list;
}

function isAttribute(value: object): value is { readonly key: string; readonly value: unknown } {
  return 'key' in value && 'value' in value && typeof value.key === 'string';
}
