import { encodeSpanV2, encodeTextV2, type Span } from '@distrace/zipkin';
import { PartCodes } from './part-codes.js';

const HEAD = '{"traceId":"';
const LOCAL = '"localEndpoint":{';
/** A peer without a name is mostly a caller with a port of its own, new each time. */
const REMOTE = ',"remoteEndpoint":{"serviceName":';
const TAGS = ',"tags":{';
/** Endpoints with a code; a deployment has a handful. */
const MAX_ENDPOINTS = 224;
/** Values of one key with a code: what has more is an id, a size or a port. */
const MAX_VALUES = 16;

/** What is known of a tag's key. */
interface Key {
  /** Stands for the key and its colon. */
  readonly code: string;
  /** By value: stands for key and value. */
  readonly pairs: Map<string, string>;
}

/**
 * Makes the texts of spans shorter to keep: without the trace's id, which all of a trace share, and with two
 * or three characters for each endpoint, for each key of a tag, and for a key together with its value if that is one of the
 * key's first. It saves two thirds of what our services send; it is as fast as writing all of it.
 *
 * The same span gets the same form for as long as the packer lives.
 */
export class SpanPacker {
  readonly #parts = new PartCodes();
  readonly #endpoints = new Map<string, string>();
  readonly #keys = new Map<string, Key>();
  readonly #tags = this.#parts.add(TAGS)!;

  /** The short form of a span's Zipkin v2 JSON, as `encodeSpanV2` writes it. */
  pack(span: Span, traceId: string): string {
    const { tags, debug, shared } = span;
    const keys = tags === undefined ? [] : Object.keys(tags);
    if (keys.length === 0) return this.#withoutTags(encodeSpanV2(span), traceId);
    const text = encodeSpanV2({ ...span, tags: undefined, debug: undefined, shared: undefined });
    let packed = this.#withoutTags(text.slice(0, -1), traceId);
    let before = this.#tags;
    for (const key of keys) {
      packed += before + this.#tag(key, tags![key]!);
      before = ',';
    }
    return `${packed}}${debug ? ',"debug":true' : ''}${shared ? ',"shared":true' : ''}}`;
  }

  /** The text that was packed. */
  unpack(packed: string, traceId: string): string {
    return this.#parts.expand(packed, packed.startsWith(HEAD) ? '' : HEAD + traceId);
  }

  #withoutTags(text: string, traceId: string): string {
    const from = text.startsWith(traceId, HEAD.length) ? HEAD.length + traceId.length : 0;
    const local = text.indexOf(LOCAL);
    if (local === -1) return text.slice(from);
    // A name with a brace in it ends the part early, which does no harm: it stands for its very text.
    const localEnd = text.indexOf('}', local) + 1;
    const head = text.slice(from, local) + this.#endpoint(text.slice(local, localEnd));
    if (!text.startsWith(REMOTE, localEnd)) return head + text.slice(localEnd);
    const remoteEnd = text.indexOf('}', localEnd + 1) + 1;
    return head + this.#endpoint(text.slice(localEnd, remoteEnd)) + text.slice(remoteEnd);
  }

  #endpoint(part: string): string {
    const known = this.#endpoints.get(part);
    if (known !== undefined) return known;
    const code = this.#endpoints.size < MAX_ENDPOINTS ? this.#parts.add(part) : undefined;
    if (code === undefined) return part;
    this.#endpoints.set(Buffer.from(part).toString(), code);
    return code;
  }

  #tag(name: string, value: string): string {
    let key = this.#keys.get(name);
    if (key === undefined) {
      const code = this.#parts.add(`${encodeTextV2(name)}:`);
      if (code === undefined) return `${encodeTextV2(name)}:${encodeTextV2(value)}`;
      key = { code, pairs: new Map<string, string>() };
      this.#keys.set(name, key);
    }
    const known = key.pairs.get(value);
    if (known !== undefined) return known;
    const text = encodeTextV2(value);
    const code = key.pairs.size < MAX_VALUES ? this.#parts.add(`${encodeTextV2(name)}:${text}`) : undefined;
    if (code === undefined) return key.code + text;
    key.pairs.set(value, code);
    return code;
  }
}
