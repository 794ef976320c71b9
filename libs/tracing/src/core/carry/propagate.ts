import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { Carried } from './carried.js';
import { findCarried, setCarried } from './carried-context.js';
import {
  ANNOTATIONS_HEADER,
  decodeCarried,
  encodeAnnotations,
  encodeFlags,
  FLAGS_HEADER,
} from './carried-headers.js';
import { headerGetter, headerSetter, headerText, lowerCaseGetter } from './headers.js';
import type { HeaderTable } from './headers.js';
import { linked } from './linked-context.js';

/**
 * Writes the context into the headers: the ids and the baggage by the globally registered propagator, then
 * the flags and carried annotations. Without an SDK nothing is written.
 */
export function injectHeaders(ctx: Context, headers: HeaderTable): void {
  propagation.inject(ctx, headers, headerSetter);
  const carried = findCarried(ctx);
  if (carried === undefined || carried.isEmpty) return;
  const flags = encodeFlags(carried);
  if (flags !== undefined) headers[FLAGS_HEADER] = flags;
  const annotations = encodeAnnotations(carried);
  if (annotations !== undefined) headers[ANNOTATIONS_HEADER] = annotations;
}

/** How headers are read. */
export interface ExtractOptions {
  /** Whether flags and carried annotations are taken, too; default true. They steer what the application does. */
  readonly trustCarried?: boolean;
}

/**
 * Reads a context from headers. Whatever is missing or malformed is left out; with nothing to read the
 * answer is `base` with an empty carried state, so that a span started in it is a new root.
 */
export function extractHeaders(
  headers: HeaderTable | undefined,
  base: Context = ROOT_CONTEXT,
  { trustCarried = true }: ExtractOptions = {},
): Context {
  const parent = linked(base);
  if (headers === undefined) return setCarried(parent, new Carried());
  // Who wrote this name in lower case wrote the others so as well: then absent ones need no second look.
  const getter = headers['traceparent'] === undefined ? headerGetter : lowerCaseGetter;
  const ctx = propagation.extract(parent, headers, getter);
  if (!trustCarried) return setCarried(ctx, new Carried());
  const flags = headerText(getter.get(headers, FLAGS_HEADER));
  const annotations = headerText(getter.get(headers, ANNOTATIONS_HEADER));
  const carried =
    flags === undefined && annotations === undefined ? new Carried() : decodeCarried(flags, annotations);
  return setCarried(ctx, carried);
}
