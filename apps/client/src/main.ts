import 'reflect-metadata';
import { runService } from '@distrace/nest-server';

// Loaded inside, so that a setting which cannot be used is one line and exit code 1, not a stack.
await runService('client', async () => (await import('./start.js')).startClient(), {
  // A task at work is finished first.
  closeDeadlineMs: 25_000,
});
