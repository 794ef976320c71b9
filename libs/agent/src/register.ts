import { boot } from './boot.js';

// A parser of 230 KB, which only `verify=parse` needs.
await boot(async () => (await import('./trust/check-edits.js')).checkEdits);
