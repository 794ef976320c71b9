import { ZpagesError } from './errors.js';

/** Lower bounds of the nine latency buckets, nanoseconds: 0, 10 µs, 100 µs, 1 ms … 100 s. */
export const DEFAULT_BOUNDS_NANOS: readonly number[] = [0, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];

const MAX_BUCKETS = 64;
/** Finer counting starts at 2^6 ns, ends at 2^46 ns (19.5 hours) and halves each octave three times. */
const MIN_OCTAVE = 6;
const MAX_OCTAVE = 46;
const STEPS_PER_OCTAVE = 8;
const STEP_BITS = 3;
const STEP_MASK = STEPS_PER_OCTAVE - 1;
const MIN_NANOS = 2 ** MIN_OCTAVE;
const NANOS_PER_SECOND = 1e9;
/** A double's exponent and its first three mantissa bits, as a step. */
const STEP_SHIFT = 17;
const FIRST_STEP = (1023 + MIN_OCTAVE) * STEPS_PER_OCTAVE;
const LAST_STEP = (1023 + MAX_OCTAVE) * STEPS_PER_OCTAVE;

/** Latency buckets and the finer bins they are made of: each bin lies in one bucket, so counting bins counts both. */
export interface LatencyScale {
  /** Lower bounds of the buckets, nanoseconds; the first is 0. */
  readonly boundsNanos: readonly number[];
  /** Lower bounds of the bins, nanoseconds, and Infinity behind the last. */
  readonly binBounds: Float64Array;
  /** The bucket of each bin. */
  readonly bucketOfBin: Uint8Array;
  /** The bin of a latency; the lower bound is inclusive, a negative or unreadable latency counts as 0. */
  binOf(nanos: number): number;
  /** The same for seconds and nanoseconds, as spans have their durations; without fractions for less than a second. */
  binOfTime(time: readonly [number, number]): number;
}

/** Builds the scale for given bucket bounds. Throws a ZpagesError for bounds that are not ascending. */
export function createLatencyScale(bounds: readonly number[] = DEFAULT_BOUNDS_NANOS): LatencyScale {
  const boundsNanos = checkBounds(bounds);
  const fine: number[] = [];
  for (let step = FIRST_STEP; step <= LAST_STEP; step++) fine.push(valueOfStep(step));
  const lowers = [...new Set([...boundsNanos, ...fine])].toSorted((a, b) => a - b);
  const binBounds = Float64Array.of(...lowers, Number.POSITIVE_INFINITY);
  const bucketOfBin = Uint8Array.from(lowers, (low) => boundsNanos.findLastIndex((bound) => bound <= low));
  // Where to start looking, per step: a bound inside of a step parts it into two bins or more.
  const firstBin = Uint16Array.from([0, ...fine], (low) => lowers.indexOf(low));
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  const high = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

  const binOf = (nanos: number): number => {
    if (!(nanos > 0)) return 0;
    double[0] = nanos;
    const step = ((words[high] as number) >>> STEP_SHIFT) - FIRST_STEP;
    let bin = firstBin[step < 0 ? 0 : Math.min(step, LAST_STEP - FIRST_STEP) + 1] as number;
    while (nanos >= (binBounds[bin + 1] as number)) bin++;
    return bin;
  };
  const binOfTime = (time: readonly [number, number]): number => {
    // By index: taking a pair apart goes through an iterator.
    const seconds = time[0];
    const nanos = time[1];
    if (seconds !== 0 || !(nanos >= MIN_NANOS && nanos < NANOS_PER_SECOND)) {
      return binOf(seconds * NANOS_PER_SECOND + nanos);
    }
    const octave = 31 - Math.clz32(nanos);
    const step = (octave - MIN_OCTAVE) * STEPS_PER_OCTAVE + ((nanos >> (octave - STEP_BITS)) & STEP_MASK);
    let bin = firstBin[step + 1] as number;
    while (nanos >= (binBounds[bin + 1] as number)) bin++;
    return bin;
  };
  return { boundsNanos, binBounds, bucketOfBin, binOf, binOfTime };
}

function valueOfStep(step: number): number {
  const octave = Math.floor(step / STEPS_PER_OCTAVE) - 1023;
  return 2 ** octave * (1 + (step % STEPS_PER_OCTAVE) / STEPS_PER_OCTAVE);
}

/** The bounds with 0 in front; no bounds at all make one bucket. */
function checkBounds(bounds: readonly number[]): readonly number[] {
  const all = bounds[0] === 0 ? [...bounds] : [0, ...bounds];
  const isAscending = all.every(
    (bound, i) => Number.isFinite(bound) && (i === 0 || bound > (all[i - 1] as number)),
  );
  if (isAscending && all.length <= MAX_BUCKETS) return Object.freeze(all);
  throw new ZpagesError(
    'DT_ERR_ZPAGES_BOUNDS',
    `boundsNanos are at most ${MAX_BUCKETS} finite numbers of nanoseconds, 0 or more, strictly ascending, got ` +
      `[${bounds.slice(0, MAX_BUCKETS).map(String).join(', ')}]; sort them and leave out what is there twice`,
  );
}
