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

/** How much is measured. */
export interface MeasureOptions {
  /** Calls in a round. */
  readonly times?: number;
  /** Rounds that count. */
  readonly rounds?: number;
}

/** What a round's numbers are called, and how many nanoseconds one of them is. */
export interface Unit {
  readonly name: string;
  readonly nanoseconds: number;
}

const NANOSECONDS: Unit = { name: 'ns/op', nanoseconds: 1 };

/**
 * CPU time per call of each variant: the medians of many rounds, in which the variants take turns, so that a slow
 * minute of the machine hits all of them alike. The first variant is the one compared to.
 */
export async function measure(
  bench: string,
  variants: readonly Variant[],
  { times = 20_000, rounds = 25, unit = NANOSECONDS }: MeasureOptions & { readonly unit?: Unit } = {},
): Promise<Row[]> {
  const samples = await interleave(
    variants.map(({ name }) => name),
    {
      rounds,
      run: async (name) => {
        const before = process.cpuUsage();
        await variants.find((variant) => variant.name === name)!.run(times);
        const { user, system } = process.cpuUsage(before);
        return ((user + system) * 1000) / times / unit.nanoseconds;
      },
    },
  );
  return rowsOf(bench, { unit: unit.name, samples });
}

/** Runs `run` for each name in turn, so many rounds, after two rounds to warm up. The samples of each name. */
export async function interleave<T>(
  names: readonly string[],
  { rounds, run }: { readonly rounds: number; run(name: string): Promise<T> },
): Promise<Map<string, T[]>> {
  const samples = new Map(names.map((name) => [name, [] as T[]]));
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const sample = await run(name);
      if (round >= 0) samples.get(name)?.push(sample);
    }
  }
  return samples;
}

/** A row for each variant. The first one is the one compared to. */
export function rowsOf(
  bench: string,
  { unit, samples }: { readonly unit: string; readonly samples: ReadonlyMap<string, readonly number[]> },
): Row[] {
  const medians = [...samples].map(([variant, values]) => ({ variant, value: median(values) }));
  const none = medians[0]?.value ?? 0;
  return medians.map(({ variant, value }) => ({
    bench,
    variant,
    unit,
    median: readable(value),
    ratioToNone: none === 0 ? 0 : round2(value / none),
  }));
}

/** A row that stands for itself: there is nothing to compare it to. */
export function figure(
  bench: string,
  { variant, unit, value }: { readonly variant: string; readonly unit: string; readonly value: number },
): Row {
  return { bench, variant, unit, median: readable(value), ratioToNone: 0 };
}

/** The value below which a share of the others lie, such as 0.95. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
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

/** Whole from 100 on. */
function readable(value: number): number {
  return value >= 100 ? Math.round(value) : round2(value);
}
