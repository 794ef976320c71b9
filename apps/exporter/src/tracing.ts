import { withoutPrefix } from '@distrace/messaging';
import { createTracing } from '@distrace/tracing';
import { tracezProcessor } from '@distrace/zpages';
import { config } from './config.js';

export const { TracingModule, TracingInstrument, attachTracing, shutdownTracing } = createTracing({
  serviceName: 'exporter',
  endpoint: { ip: config.host, port: config.port },
  exporter: config.exporter,
  flushIntervalMs: 200,
  stackTraces: config.stackTraces,
  spanProcessors: [tracezProcessor()],
  recordUnsampled: true,
  http: { ignore: (request) => request.url === '/health' },
  messaging: { destinationTemplate: withoutPrefix(config.queuePrefix) },
});
