import { encodeTextV2, type Span } from '@distrace/zipkin';
import type { SpanTerms } from './trace-query.js';

/** Looks for the terms of a query in the spans of one trace, one after the other. */
export interface SpanMatcher {
  /** Whether the text of a span can add anything; false saves parsing it. */
  mayAdd(text: string): boolean;
  add(span: Span): void;
  /** Whether all terms have been found. */
  readonly matches: boolean;
}

/** Whether the terms ask for anything at all. */
export function asksNothing(terms: SpanTerms): boolean {
  return (
    terms.serviceName === undefined &&
    terms.remoteServiceName === undefined &&
    terms.spanName === undefined &&
    terms.annotations.size === 0 &&
    terms.text === undefined &&
    terms.minDuration === undefined
  );
}

/** Makes a matcher per trace; what all of them share is prepared once. */
export function createMatcherFactory(terms: SpanTerms): () => SpanMatcher {
  const needles = needlesOf(terms);
  const serviceNeedle =
    terms.serviceName === undefined ? undefined : `"serviceName":${encodeTextV2(terms.serviceName)}`;
  return () => new Matcher(terms, needles, serviceNeedle);
}

/** Texts of which a span must hold one to find a term. Undefined when any span may: a duration is no text, and
 * a text of any case cannot be looked for as it is. */
function needlesOf({
  remoteServiceName,
  spanName,
  annotations,
  minDuration,
  text,
}: SpanTerms): readonly string[] | undefined {
  if (minDuration !== undefined || text !== undefined) return undefined;
  const texts = [...annotations.keys()];
  if (remoteServiceName !== undefined) texts.push(remoteServiceName);
  if (spanName !== undefined) texts.push(spanName);
  return texts.length === 0 ? undefined : texts.map(encodeTextV2);
}

class Matcher implements SpanMatcher {
  readonly #terms: SpanTerms;
  readonly #needles: readonly string[] | undefined;
  readonly #serviceNeedle: string | undefined;
  readonly #missing: Map<string, string>;
  #service: boolean;
  #remote: boolean;
  #name: boolean;
  #duration: boolean;
  #text: boolean;

  constructor(terms: SpanTerms, needles: readonly string[] | undefined, serviceNeedle: string | undefined) {
    this.#terms = terms;
    this.#needles = needles;
    this.#serviceNeedle = serviceNeedle;
    this.#missing = new Map(terms.annotations);
    this.#service = terms.serviceName === undefined;
    this.#remote = terms.remoteServiceName === undefined;
    this.#name = terms.spanName === undefined;
    this.#duration = terms.minDuration === undefined;
    this.#text = terms.text === undefined;
  }

  mayAdd(text: string): boolean {
    if (this.#serviceNeedle !== undefined && !text.includes(this.#serviceNeedle)) return false;
    return !this.#service || !this.#needles || this.#needles.some((needle) => text.includes(needle));
  }

  add(span: Span): void {
    const { serviceName, remoteServiceName, spanName } = this.#terms;
    // A service, when given, limits all other terms to its own spans.
    if (serviceName !== undefined && span.localEndpoint?.serviceName !== serviceName) return;
    this.#service = true;
    this.#remote ||= span.remoteEndpoint?.serviceName === remoteServiceName;
    this.#name ||= span.name === spanName;
    this.#duration ||= this.#fitsDuration(span.duration ?? 0);
    this.#text ||= textsOf(span).some((text) => text.toLowerCase().includes(this.#terms.text!));
    if (this.#missing.size > 0) this.#findAnnotations(span);
  }

  get matches(): boolean {
    return (
      this.#service && this.#remote && this.#name && this.#duration && this.#text && this.#missing.size === 0
    );
  }

  #fitsDuration(duration: number): boolean {
    const { minDuration = 0, maxDuration = Infinity } = this.#terms;
    return duration >= minDuration && duration <= maxDuration;
  }

  #findAnnotations({ annotations = [], tags = {} }: Span): void {
    for (const { value } of annotations) if (this.#missing.get(value) === '') this.#missing.delete(value);
    for (const [key, value] of this.#missing) {
      if (Object.hasOwn(tags, key) && (value === '' || tags[key] === value)) this.#missing.delete(key);
    }
  }
}

function textsOf({
  traceId,
  id,
  name,
  localEndpoint,
  remoteEndpoint,
  annotations = [],
  tags = {},
}: Span): string[] {
  const texts = [traceId, id, name, localEndpoint?.serviceName, remoteEndpoint?.serviceName];
  for (const { value } of annotations) texts.push(value);
  for (const [key, value] of Object.entries(tags)) texts.push(key, value);
  return texts.filter((text) => text !== undefined);
}
