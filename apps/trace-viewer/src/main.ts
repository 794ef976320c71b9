import 'reflect-metadata';
import { runService } from '@distrace/nest-server';

// Loaded inside, so that a setting which cannot be used is one line and exit code 1, not a stack.
await runService('trace-viewer', async () => (await import('./start.js')).startTraceViewer());
