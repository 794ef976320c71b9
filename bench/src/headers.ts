import { extractHeaders, injectHeaders, TraceContext } from '@distrace/tracing/core';
import { propagation } from '@opentelemetry/api';
import { measure } from './measure.ts';
import type { MeasureOptions, Row } from './measure.ts';
import { startNullSdk } from './sdk.ts';

/** What a context in the headers of one message costs: beside a plain copy, beside OpenTelemetry's own. */
export async function headers(options: MeasureOptions = {}): Promise<Row[]> {
  const sdk = startNullSdk();
  const tc = TraceContext.create();
  tc.openNestedSpan('work');
  const bare = tc.otelContext;
  tc.openNestedSpan('flagged').addFlag('a').setBinaryAnnotation('bytes', 1, { carried: true });
  const full = tc.otelContext;
  const table = tc.toHeaders();
  const { traceparent } = table;
  const rows = [
    ...(await measure(
      'headers, inject',
      [
        { name: 'none', run: repeat(() => ({ ...table })) },
        { name: 'opentelemetry', run: repeat(() => propagation.inject(bare, {})) },
        { name: 'distrace', run: repeat(() => injectHeaders(bare, {})) },
        { name: 'distrace, flag and annotation', run: repeat(() => injectHeaders(full, {})) },
      ],
      options,
    )),
    ...(await measure(
      'headers, extract',
      [
        { name: 'none', run: repeat(() => ({ ...table })) },
        { name: 'opentelemetry', run: repeat(() => propagation.extract(bare, table)) },
        { name: 'distrace', run: repeat(() => extractHeaders({ traceparent })) },
        { name: 'distrace, flag and annotation', run: repeat(() => extractHeaders(table)) },
      ],
      options,
    )),
  ];
  tc.closeCurrentSpan().closeCurrentSpan();
  await sdk.shutdown();
  return rows;
}

const repeat = (call: () => unknown) => (times: number) => {
  for (let i = 0; i < times; i++) call();
};
