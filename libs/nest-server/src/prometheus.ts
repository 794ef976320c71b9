/** One value, and the labels that tell it from the others of its metric. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** One metric with all its values. */
export interface Metric {
  /** Without `_total`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** One sentence, with the unit. */
  readonly help: string;
  /** A metric without any is left out. */
  readonly samples: readonly Sample[];
}

/** The `Content-Type` of {@link toPrometheus}. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Prometheus' text format; counters get their `_total`. */
export function toPrometheus(metrics: Iterable<Metric>): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of metrics) {
    if (samples.length === 0) continue;
    const full = type === 'counter' ? `${name}_total` : name;
    lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`);
    for (const [labels, value] of samples) lines.push(`${full}${labelText(labels)} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
