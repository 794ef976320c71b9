import { readFileSync } from 'node:fs';

/** Spans as somebody posts them, and how they are called in the fixtures. */
export interface PostedCase {
  readonly name: string;
  readonly format: 'v1' | 'v2';
  /** A list of spans, of one trace or of several. */
  readonly body: string;
  readonly traceIds: readonly string[];
}

interface FixtureCase {
  readonly name: string;
  readonly format?: 'v1' | 'v2';
  readonly input: readonly { readonly traceId?: unknown }[];
}

const FILES = ['v1-to-v2.json', 'v2.json', 'merge.json', 'tree.json', 'links.json', 'skew.json'] as const;

/** The fixtures' spans, each case under trace ids of its own, so that one server can hold them all. */
export function postedCases(): readonly PostedCase[] {
  return FILES.flatMap((file, fileIndex) =>
    read(file).map(({ name, input, format = file === 'v1-to-v2.json' ? 'v1' : 'v2' }, caseIndex) => {
      const own = new Map<string, string>();
      const spans = input.map((span) => {
        if (typeof span.traceId !== 'string' || !/^[0-9a-f]{1,32}$/.test(span.traceId)) return span;
        const known = own.get(span.traceId) ?? ownId(span.traceId, [fileIndex, caseIndex, own.size]);
        own.set(span.traceId, known);
        return { ...span, traceId: known };
      });
      // Zipkin's v1 keeps 64 bits of an id that has neither 64 nor 128.
      const kept = (id: string) => (format === 'v1' && id.length < 32 ? id.slice(-16) : id);
      const traceIds = [...own.values()].map(kept);
      return { name: `${file} ${name}`, format, body: JSON.stringify(spans), traceIds };
    }),
  );
}

/** As long as the id it stands for where that one is long; Zipkin reads ids by their length. */
function ownId(id: string, [file, position, index]: readonly [number, number, number]): string {
  const unique = `e${file}${position.toString(16).padStart(4, '0')}${index.toString(16).padStart(2, '0')}`;
  return id.length <= unique.length ? unique : id.slice(0, -unique.length) + unique;
}

function read(file: string): readonly FixtureCase[] {
  const url = new URL(`../../../libs/zipkin/fixtures/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as readonly FixtureCase[];
}
