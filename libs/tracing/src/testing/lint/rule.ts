import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The scope of this library's spans. */
export const OUR_SCOPE = '@distrace/tracing';

/** What the linter reads of a span; every span of OpenTelemetry's SDK has it. */
export type LintedSpan = Pick<
  ReadableSpan,
  'name' | 'kind' | 'status' | 'attributes' | 'events' | 'instrumentationScope'
>;

/** The rules, by name. */
export type LintRule =
  | 'span-name'
  | 'span-kind'
  | 'required-attribute'
  | 'attribute-value'
  | 'attribute-name'
  | 'legacy-attribute'
  | 'status'
  | 'error-type'
  | 'exception'
  | 'schema-url';

/** One place where a span is not as OpenTelemetry's conventions want it. */
export interface Violation {
  readonly rule: LintRule;
  /** The name of the span. */
  readonly span: string;
  /** The rule, what came, and what to do. */
  readonly message: string;
}

/** What one check found. */
export type Finding = readonly [rule: LintRule, message: string];

/** Looks at one aspect of a span. */
export type Check = (span: LintedSpan) => readonly Finding[];

/** A finding unless the condition holds. */
export function unless(holds: boolean, rule: LintRule, message: string): readonly Finding[] {
  return holds ? [] : [[rule, message]];
}

/** A finding for each attribute that is not there. */
export function required({ attributes }: LintedSpan, keys: readonly string[], where: string): Finding[] {
  return keys
    .filter((key) => attributes[key] === undefined)
    .map((key) => ['required-attribute', `${where} has ${key}; set it`]);
}

/** The attribute as text; undefined for anything else. */
export function textOf({ attributes }: LintedSpan, key: string): string | undefined {
  const value = attributes[key];
  return typeof value === 'string' ? value : undefined;
}

/** Whether the span has an attribute of that namespace. */
export function speaksOf({ attributes }: LintedSpan, namespace: string): boolean {
  return Object.keys(attributes).some((key) => key.startsWith(`${namespace}.`));
}

/** A value as it is shown in a message. */
export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
