import type { MeasureOptions, Row } from './measure.ts';

/** A bench; without options it measures as much as its table needs. */
export type Bench = (options?: MeasureOptions) => Promise<Row[]>;

/** All benches by name. Each is loaded when it is asked for: some patch what others measure. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  span: async (options) => (await import('./span.ts')).span(options),
  headers: async (options) => (await import('./headers.ts')).headers(options),
  export: async (options) => (await import('./export.ts')).exportBench(options),
  rmq: async () => (await import('./rmq.ts')).rmq(),
  tracez: async () => (await import('./tracez.ts')).tracez(),
  task: async (options) => (await import('./task.ts')).task(options),
  viewer: async () => (await import('./viewer/viewer.ts')).viewer(),
  'instr-server': async () => (await import('./instr-server/instr-server.ts')).instrServer(),
  agent: async (options) => (await import('./agent/agent.ts')).agent(options),
  weave: async (options) => (await import('./weave/weave.ts')).weaveBench(options),
  probe: async (options) => (await import('./probe/probe.ts')).probe(options),
};

/** What each measures and how long it takes on two cores, the build not included. */
export const ABOUT: Readonly<Record<string, string>> = {
  span: 'a method with a span around it: @Span, startActiveSpan, nestjs-otel (20 s)',
  headers: 'a trace context into the headers of a message and out again (3 s)',
  export: 'ended spans until a Zipkin has them, beside exporter-zipkin (5 s)',
  rmq: 'messages over Nest and RabbitMQ, beside instrumentation-amqplib; finds or starts a broker (90 s)',
  tracez:
    'what zPages add to a span, in time and memory, beside no processor and one that does nothing (4 min)',
  task: 'the whole reference deployment with tracing on and off; finds or starts a broker (90 s)',
  viewer:
    'the trace viewer: its page in Chromium, trees, ingest, memory, beside the real Zipkin where it can be had (6 min)',
  'instr-server':
    'the instrumentation server: requests that hit and miss, fifty processes that start at once, bytes (30 s)',
  agent:
    'starts of an untraced client under the agent, beside OpenTelemetry’s instrumentations; finds or starts a broker (4 min)',
  weave: 'one method of a real file, woven: ours beside orchestrion and Babel (60 s)',
  probe: 'a call and recursion as they are, woven and off, woven and on, beside orchestrion (20 s)',
};
