import { run } from '../run.js';
import { ClientModule } from './client.module.js';

await run('client', ClientModule, 'notifications');
