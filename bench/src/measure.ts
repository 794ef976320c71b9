/** One way of doing the same work. */
export interface Variant {
  readonly name: string;
  /** Does the work `times` times. */
  run(times: number): void | Promise<void>;
}

/** A row of a result table. */
export interface Row {
  readonly bench: string;
  readonly variant: string;
  readonly unit: string;
  readonly median: number;
  readonly ratioToNone: number;
}

export interface MeasureOptions {
  readonly times?: number;
  readonly rounds?: number;
}

/**
 * CPU nanoseconds per call of each variant: the medians of many rounds, in which the variants take turns,
 * so that a slow minute of the machine hits all of them alike. The first variant is the one compared to.
 */
export async function measure(
  bench: string,
  variants: readonly Variant[],
  { times = 20_000, rounds = 25 }: MeasureOptions = {},
): Promise<Row[]> {
  const samples = new Map(variants.map((variant) => [variant.name, [] as number[]]));
  // Two rounds to warm up, not counted.
  for (let round = -2; round < rounds; round++) {
    for (const variant of variants) {
      const before = process.cpuUsage();
      await variant.run(times);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) samples.get(variant.name)?.push(((user + system) * 1000) / times);
    }
  }
  const medians = variants.map(({ name }) => median(samples.get(name) ?? []));
  const none = medians[0] ?? 1;
  return variants.map(({ name }, index) => {
    const value = medians[index] ?? 0;
    return {
      bench,
      variant: name,
      unit: 'ns/op',
      median: Math.round(value),
      ratioToNone: round2(value / none),
    };
  });
}

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Two digits behind the point. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
