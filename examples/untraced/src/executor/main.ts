import { run } from '../run.js';
import { ExecutorModule } from './executor.module.js';

await run('executor', ExecutorModule, 'tasks');
