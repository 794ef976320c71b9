/** What the service loader finds. */
export type ServiceKind = 'Interceptor' | 'SpanExporter';

export const SERVICE_KINDS: readonly ServiceKind[] = ['Interceptor', 'SpanExporter'];

/** Whether a text names a kind of service. */
export function isServiceKind(text: string): text is ServiceKind {
  return (SERVICE_KINDS as readonly string[]).includes(text);
}

/** One service as an extension names it. */
export interface ServiceEntry {
  readonly kind: ServiceKind;
  /** Absolute path of the module. */
  readonly file: string;
  /** Which of its exports; `default` where none was named. */
  readonly exportName: string;
  /** `file:line` where it is named, for messages. */
  readonly declaredAt: string;
}
