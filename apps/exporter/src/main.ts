import 'reflect-metadata';
import { runService } from '@distrace/nest-server';

// Loaded inside, so that a setting which cannot be used is one line and exit code 1, not a stack.
await runService('exporter', async () => (await import('./start.js')).startExporter(), {
  // A task at work is finished first.
  closeDeadlineMs: 25_000,
});
