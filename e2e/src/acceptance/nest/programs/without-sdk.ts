/** An application that imports us where no SDK runs. Prints what its handlers saw; whatever else is printed is ours. */
import { registerHooks } from 'node:module';

const [amqpUrl = '', queue = '', variant = 'not-installed'] = process.argv.slice(2);
if (variant === 'not-installed') {
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^@opentelemetry\/(?!api$)/.test(specifier)) return next(specifier, context);
      throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
}

const { createTracing } = await import('@distrace/tracing');
const { ConsoleLogger } = await import('@nestjs/common');
const { trace } = await import('@opentelemetry/api');
const { startQuestionApp } = await import('./question-app.ts');

const { TracingModule, TracingInstrument, attachTracing, shutdownTracing } = createTracing({
  serviceName: 'untraced',
});
const spans: unknown[] = [];
const headers: unknown[] = [];
const { url, close } = await startQuestionApp({
  amqpUrl,
  queue,
  imports: [TracingModule],
  logger: new ConsoleLogger({ logLevels: ['fatal', 'error', 'warn'] }),
  instrument: TracingInstrument,
  attach: attachTracing,
  inHandler: (_handler, context) => {
    spans.push(trace.getActiveSpan()?.isRecording() === true);
    const message = context as { getMessage(): { properties: { headers?: object } } } | undefined;
    if (message !== undefined) headers.push(Object.keys(message.getMessage().properties.headers ?? {}));
  },
});
const response = await fetch(url);
const answer = [response.status, await response.text()];
await close();
await shutdownTracing();
process.stdout.write(JSON.stringify({ answer, recording: spans, headers }));
process.exit(0);
