import { round2 } from './measure.ts';
import type { Row } from './measure.ts';

/** What a bench is to show. */
interface Target {
  readonly bench: string;
  /** Default: every unit. */
  readonly unit?: string;
  readonly variant: string;
  /** The one it is compared to. */
  readonly beside: string;
  /** `median` over `median`; `added` takes what `none` costs off both; `more` is the difference of the medians. */
  readonly by: 'median' | 'added' | 'more';
  readonly atMost?: number;
  readonly atLeast?: number;
}

const CPU_PER_MESSAGE = 'CPU µs/message';

const TARGETS: readonly Target[] = [
  ...['span, no SDK, sync', 'span, no SDK, async'].map((bench): Target => ({
    bench,
    variant: '@Span',
    beside: 'none',
    by: 'more',
    atMost: 1000,
  })),
  ...['span, sync', 'span, async', 'span, Observable'].map((bench): Target => ({
    bench,
    variant: '@Span',
    beside: 'startActiveSpan',
    by: 'median',
    atMost: 1.15,
  })),
  ...['export, encode', 'export, post'].map((bench): Target => ({
    bench,
    variant: 'distrace',
    beside: 'exporter-zipkin',
    by: 'median',
    atMost: 0.8,
  })),
  {
    bench: 'rmq emit',
    unit: CPU_PER_MESSAGE,
    variant: 'distrace',
    beside: 'instrumentation-amqplib',
    by: 'added',
    atMost: 0.5,
  },
  {
    bench: 'rmq rpc',
    unit: CPU_PER_MESSAGE,
    variant: 'distrace',
    beside: 'instrumentation-amqplib',
    by: 'added',
    atMost: 0.33,
  },
  { bench: 'task', unit: 'tasks/s', variant: 'on, disk', beside: 'off', by: 'median', atLeast: 0.9 },
];

/** One line for each target that the rows speak of. */
export function targetLines(rows: readonly Row[]): string[] {
  return TARGETS.flatMap((target) => {
    const came = valueOf(target, rows);
    if (came === undefined) return [];
    const { bench, variant, beside, by, atMost, atLeast } = target;
    const holds = (atMost === undefined || came <= atMost) && (atLeast === undefined || came >= atLeast);
    const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    const what = {
      median: `${variant} / ${beside}`,
      added: `added by ${variant} / by ${beside}`,
      more: `${variant} − ${beside}`,
    }[by];
    return [`${holds ? 'holds' : 'MISSED'}  ${bench}: ${what} = ${came} (${bound})`];
  });
}

function valueOf({ bench, unit, variant, beside, by }: Target, rows: readonly Row[]): number | undefined {
  const medianOf = (name: string) =>
    rows.find(
      (row) => row.bench === bench && row.variant === name && (unit === undefined || row.unit === unit),
    )?.median;
  const [ours, other, none = 0] = [medianOf(variant), medianOf(beside), medianOf('none')];
  if (ours === undefined || other === undefined) return undefined;
  if (by === 'more') return round2(ours - other);
  return round2(by === 'added' ? (ours - none) / (other - none) : ours / other);
}
