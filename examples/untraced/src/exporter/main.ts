import { run } from '../run.js';
import { ExporterModule } from './exporter.module.js';

await run('exporter', ExporterModule, 'results');
