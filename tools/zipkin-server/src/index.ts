// The real Zipkin, for tests and benchmarks that compare with it.
export { findZipkin, ZIPKIN_VERSION } from './find-zipkin.ts';
export type { FoundZipkin } from './find-zipkin.ts';
export { startZipkin } from './start-zipkin.ts';
export type { RunningZipkin } from './start-zipkin.ts';
