// A web API; this room is compiled without the types of any platform.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** A text as UTF-8, with `extra` bytes behind it. */
export function utf8(text: string, extra: readonly number[] = []): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(text), ...extra]);
}
