import { buildHelperBundle } from '@distrace/instrumentation';
import { makeExtension } from './extension.ts';

/** A span for each call of a function called `marked`. */
const SPANS = `
import { defineInterceptor, func } from '@distrace/instrumentation';
import { getTracer } from '@distrace/tracing/core';

export const marked = defineInterceptor({
  name: 'marked',
  match: func('marked'),
  onEnter(call) { call.state = getTracer().startSpan(call.function); },
  onExit(call) { call.state.end(); },
});
`;

/** A real helper bundle, with the exporters and OpenTelemetry, whose one interceptor makes spans. */
export async function buildSpanBundle(): Promise<string> {
  await using extension = await makeExtension(SPANS);
  return (await buildHelperBundle({ extensions: ['.'], from: extension.folder })).code;
}
