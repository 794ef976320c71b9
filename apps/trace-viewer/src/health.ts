/** One part of the viewer that can be down. */
export interface HealthCheck {
  /** As Zipkin names components, such as `InMemoryStorage{}`. */
  readonly name: string;
  /** What is wrong; undefined when nothing is. */
  readonly problem: () => string | undefined;
}

/** The state of all parts, in Zipkin's shape. */
export interface Health {
  readonly isUp: boolean;
  /** JSON. */
  readonly body: string;
}

/** Asks all parts. */
export function readHealth(checks: readonly HealthCheck[]): Health {
  const details: Record<string, unknown> = {};
  let isUp = true;
  for (const { name, problem } of checks) {
    const error = problem();
    isUp &&= error === undefined;
    details[name] = error === undefined ? { status: 'UP' } : { status: 'DOWN', details: { error } };
  }
  const status = isUp ? 'UP' : 'DOWN';
  return { isUp, body: JSON.stringify({ status, zipkin: { status, details } }, null, 2) };
}
