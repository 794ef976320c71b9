/** What a worker thread gets: one chunk, and the trace context attached by the main thread. */
export interface ChunkTask {
  readonly chunk: string;
}
