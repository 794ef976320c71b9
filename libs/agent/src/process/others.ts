/**
 * Whether the app has started child processes or worker threads, other than `own()` threads of the agent. Told by
 * Node's diagnostics channels: nothing of the app is touched.
 */
export function watchForOthers(own: () => number): () => boolean {
  const { subscribe } = process.getBuiltinModule('node:diagnostics_channel');
  let children = 0;
  let threads = 0;
  subscribe('child_process', () => {
    children += 1;
  });
  subscribe('worker_threads', () => {
    threads += 1;
  });
  return () => children > 0 || threads > own();
}
