import type { RunningService } from '@distrace/nest-server';
import { readViewerConfig } from './config.js';
import { createTraceViewer } from './create-trace-viewer.js';

/** Starts the viewer by the environment's settings. */
export async function startTraceViewer(env: NodeJS.ProcessEnv = process.env): Promise<RunningService> {
  const { port, host, options } = readViewerConfig(env);
  const viewer = await createTraceViewer(options);
  try {
    return { address: await viewer.listen({ port, host }), close: () => viewer.close() };
  } catch (error) {
    await viewer.close();
    throw error;
  }
}
