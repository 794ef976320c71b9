import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  bytesOfAttributes,
  bytesOfText,
  compactAttributes,
  leftOut,
  lengthOfAttributes,
} from './compact-attributes.js';
import type { AttributeLimits, CompactAttributes } from './compact-attributes.js';
import { unixMicros } from './span-times.js';
import { cutText, ownText } from './text.js';

/** How much is kept of a span. */
export interface SampleLimits extends AttributeLimits {
  readonly maxEvents: number;
  readonly maxLinks: number;
}

/** An event as it is kept. */
export interface CompactEvent {
  readonly name: string;
  readonly timeUnixMicros: number;
  readonly attributes: CompactAttributes;
}

/** A link as it is kept. */
export interface CompactLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: CompactAttributes;
}

/** What is kept of a span's events and links. */
interface EventsAndLinks {
  readonly events: readonly CompactEvent[];
  readonly eventsDiscarded: { readonly count: number; readonly afterIndex: number } | undefined;
  readonly links: readonly CompactLink[];
  /** Attributes of theirs included. */
  readonly droppedAttributes: number;
  readonly droppedEvents: number;
  readonly droppedLinks: number;
}

/** What most samples do not have, behind one reference. */
export interface Extras extends EventsAndLinks {
  readonly statusMessage: string | undefined;
  /** The rest of the span was not kept. */
  readonly isOutline: boolean;
}

const NO_EXTRAS: Extras = {
  statusMessage: undefined,
  events: [],
  eventsDiscarded: undefined,
  links: [],
  droppedAttributes: 0,
  droppedEvents: 0,
  droppedLinks: 0,
  isOutline: false,
};
/** Of a span of which the rest was not kept. */
export const OUTLINE: Extras = { ...NO_EXTRAS, isOutline: true };

const ENTRY_BYTES = 80;

/** Copies events and links, about `room` characters of them, and says how many are left of it. */
export function eventsAndLinksOf(
  { events, links, droppedEventsCount, droppedLinksCount }: ReadableSpan,
  limits: SampleLimits,
  room: number,
): { readonly kept: EventsAndLinks; readonly left: number } {
  const droppedEvents = droppedEventsCount ?? 0;
  const droppedLinks = droppedLinksCount ?? 0;
  if (events.length === 0 && links.length === 0) {
    return { kept: { ...NO_EXTRAS, droppedEvents, droppedLinks }, left: room };
  }
  // The line that says how many are missing is one of the lines.
  const discards = events.length > limits.maxEvents;
  const head = discards ? Math.ceil((limits.maxEvents - 1) / 2) : events.length;
  const tail = discards ? limits.maxEvents - 1 - head : 0;
  const chosenEvents = discards ? [...events.slice(0, head), ...events.slice(events.length - tail)] : events;
  const chosenLinks = links.slice(0, limits.maxLinks);
  let left = room;
  let toCome = chosenEvents.length + chosenLinks.length;
  let droppedAttributes = 0;
  // Each has the same part of what is left: the exception that comes last matters most.
  const attributesOf = (item: { readonly attributes?: object; readonly droppedAttributesCount?: number }) => {
    const compact = compactAttributes(item.attributes, limits, left / toCome--);
    left -= lengthOfAttributes(compact);
    droppedAttributes += (item.droppedAttributesCount ?? 0) + leftOut(item.attributes, compact);
    return compact;
  };
  const keptEvents: CompactEvent[] = [];
  for (const event of chosenEvents) {
    if (left <= 0) break;
    const name = ownText(cutText(String(event.name), limits.maxValueLength));
    left -= name.length;
    keptEvents.push({ name, timeUnixMicros: unixMicros(event.time), attributes: attributesOf(event) });
  }
  const keptLinks: CompactLink[] = [];
  for (const link of chosenLinks) {
    if (left <= 0) break;
    const { traceId, spanId } = link.context;
    left -= traceId.length + spanId.length;
    keptLinks.push({
      traceId: ownText(traceId),
      spanId: ownText(spanId),
      attributes: attributesOf(link),
    });
  }
  const kept: EventsAndLinks = {
    events: keptEvents,
    eventsDiscarded: discards
      ? { count: events.length - head - tail, afterIndex: Math.min(head, keptEvents.length) }
      : undefined,
    links: keptLinks,
    droppedAttributes,
    droppedEvents: droppedEvents + chosenEvents.length - keptEvents.length,
    droppedLinks: droppedLinks + links.length - keptLinks.length,
  };
  return { kept, left };
}

/** Puts together what most samples do not have. */
export function extrasOf(
  span: ReadableSpan,
  attributes: CompactAttributes,
  kept: EventsAndLinks,
  { maxValueLength }: SampleLimits,
): Extras {
  const { message } = span.status;
  const droppedAttributes =
    kept.droppedAttributes + (span.droppedAttributesCount ?? 0) + leftOut(span.attributes, attributes);
  const { events, links, droppedEvents, droppedLinks } = kept;
  const isPlain =
    message === undefined &&
    events.length === 0 &&
    links.length === 0 &&
    droppedAttributes + droppedEvents + droppedLinks === 0;
  if (isPlain) return NO_EXTRAS;
  const statusMessage = message === undefined ? undefined : ownText(cutText(String(message), maxValueLength));
  return { ...kept, statusMessage, droppedAttributes, isOutline: false };
}

/** A high estimate. */
export function bytesOfExtras(extras: Extras): number {
  if (extras === NO_EXTRAS || extras === OUTLINE) return 0;
  let bytes = ENTRY_BYTES + (extras.statusMessage === undefined ? 0 : bytesOfText(extras.statusMessage));
  for (const { name, attributes } of extras.events) {
    bytes += ENTRY_BYTES + bytesOfText(name) + bytesOfAttributes(attributes);
  }
  for (const { attributes } of extras.links) bytes += 2 * ENTRY_BYTES + bytesOfAttributes(attributes);
  return bytes;
}
