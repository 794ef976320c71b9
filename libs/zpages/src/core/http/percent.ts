import { quoted, ZpagesProblem } from './problem.js';

/**
 * Percent-encodes any string for a query or a path segment. Well-formed text gives what `encodeURIComponent`
 * gives; a lone surrogate, which that function refuses, is written as the three bytes UTF-8 would use for it
 * (WTF-8: U+D800 is `%ED%A0%80`), so that every JavaScript string has a URL.
 */
export function encodeComponent(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  let encoded = '';
  for (const char of text) {
    const code = char.charCodeAt(0);
    encoded +=
      char.length === 1 && code >= 0xd800 && code <= 0xdfff
        ? `%ED%${hex(0x80 | ((code >> 6) & 0x3f))}%${hex(0x80 | (code & 0x3f))}`
        : encodeURIComponent(char);
  }
  return encoded;
}

/**
 * Undoes {@link encodeComponent}.
 *
 * @throws ZpagesProblem 400 when an escape is not two hex digits, or the bytes are no UTF-8.
 */
export function decodeComponent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return decodeWtf8(bytesOf(text), text);
  }
}

function bytesOf(text: string): Buffer {
  if (/%(?![0-9a-f]{2})/i.test(text)) throw malformed(text);
  const bytes = text.replaceAll(/%(..)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeWtf8(bytes: Buffer, text: string): string {
  let decoded = '';
  let from = 0;
  try {
    // 0xED is only ever the first of three bytes; a second one from 0xA0 on makes it a surrogate.
    for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
      const [second = 0, third] = [bytes[at + 1], bytes[at + 2]];
      if (second < 0xa0 || !isTail(second) || !isTail(third)) continue;
      decoded += utf8.decode(bytes.subarray(from, at));
      decoded += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | ((third ?? 0) & 0x3f));
      from = at + 3;
    }
    return decoded + utf8.decode(bytes.subarray(from));
  } catch {
    throw malformed(text);
  }
}

function isTail(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function malformed(text: string): ZpagesProblem {
  return new ZpagesProblem(
    400,
    'DT_ERR_ZPAGES_ESCAPE',
    `A percent escape is % and two hex digits, and the bytes together are UTF-8; got ${quoted(text)}. Write % itself as %25.`,
  );
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase();
}
