import type { MeasureOptions, Row } from './measure.ts';

/** A bench; without options it measures as much as its table needs. */
export type Bench = (options?: MeasureOptions) => Promise<Row[]>;

/** All benches by name. Each is loaded when it is asked for: some patch what others measure. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  span: async (options) => (await import('./span.ts')).span(options),
  headers: async (options) => (await import('./headers.ts')).headers(options),
  export: async (options) => (await import('./export.ts')).exportBench(options),
  rmq: async () => (await import('./rmq.ts')).rmq(),
  task: async (options) => (await import('./task.ts')).task(options),
};
