import type { TextMapPropagator } from '@opentelemetry/api';
import type { PropagationFormat } from '../carry/propagation-format.js';
import { TracePropagator } from '../carry/trace-propagator.js';
import { DistraceError } from '../errors.js';
import { findSdkPackage } from './sdk-packages.js';

/** `B3InjectEncoding.MULTI_HEADER` of the package, which is loaded only when it is asked for. */
const MULTI_HEADER = 1;

/**
 * The propagator that writes the given formats; null for none of them. Reads those as well, and both forms of B3
 * when one is given. Throws a DistraceError when B3's package cannot be had.
 */
export function createPropagator(
  formats: readonly PropagationFormat[],
  find: typeof findSdkPackage = findSdkPackage,
): TextMapPropagator | null {
  const core = find('@opentelemetry/core');
  if (core === undefined || formats.length === 0) return null;
  const w3c: TextMapPropagator[] = [];
  if (formats.includes('tracecontext')) w3c.push(new core.W3CTraceContextPropagator());
  if (formats.includes('baggage')) w3c.push(new core.W3CBaggagePropagator());
  const encodings = formats.filter((format) => format === 'b3' || format === 'b3multi');
  if (encodings.length === 0) return new core.CompositePropagator({ propagators: w3c });

  const b3 = find('@opentelemetry/propagator-b3');
  if (b3 === undefined) {
    throw new DistraceError(
      'DT_ERR_PROPAGATION_PACKAGE',
      'B3 propagation needs the package @opentelemetry/propagator-b3, which cannot be loaded. It comes with @opentelemetry/sdk-node: npm install @opentelemetry/sdk-node, or leave b3 and b3multi out.',
      { fields: { package: '@opentelemetry/propagator-b3' } },
    );
  }
  const writers = encodings.map((format) =>
    format === 'b3multi' ? new b3.B3Propagator({ injectEncoding: MULTI_HEADER }) : new b3.B3Propagator(),
  );
  return new TracePropagator({ writers: [...w3c, ...writers], readers: w3c, b3: new b3.B3Propagator() });
}
