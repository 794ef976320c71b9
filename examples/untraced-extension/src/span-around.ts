import type { Advice, Call } from '@distrace/instrumentation';
import type { TraceContext } from '@distrace/tracing/core';

/**
 * Advice that has a span open while a function runs. `open` opens it and answers the trace it stands in; everything
 * that the function calls, also later, runs inside of the span.
 */
export function spanAround(open: (call: Call) => TraceContext): Required<Advice> {
  return {
    onEnter(call) {
      const trace = open(call);
      call.state = trace;
      trace.attachToCurrentAsync();
    },
    onExit({ state }) {
      (state as TraceContext | undefined)?.closeCurrentSpan();
    },
    onError({ state }, error) {
      (state as TraceContext | undefined)?.closeCurrentSpan({ error });
    },
  };
}
