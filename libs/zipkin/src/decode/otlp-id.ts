import type { Place } from './place.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX = /^[\da-f]*$/i;
const BASE64 = /^[\w+/-]*={0,2}$/;

/** An id of OTLP/JSON as lower-case hex; undefined for an empty one or zeros. Hex is the rule; base64, which plain
 * protobuf/JSON would be, has another length and is taken too. */
export function readOtlpId(
  place: Place,
  field: string,
  value: unknown,
  byteCount: number,
): string | undefined {
  if (value == null || value === '') return undefined;
  const id = typeof value === 'string' ? hexOf(value, byteCount) : undefined;
  if (id === undefined) {
    return place.fail(field, `must be ${byteCount * 2} digits of hex`, value, 'send it as OTLP/JSON has it');
  }
  return /[^0]/.test(id) ? id : undefined;
}

function hexOf(text: string, byteCount: number): string | undefined {
  if (text.length === byteCount * 2) return HEX.test(text) ? text.toLowerCase() : undefined;
  if (!BASE64.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  return digits.length === Math.ceil((byteCount * 4) / 3)
    ? base64ToHex(digits).slice(0, byteCount * 2)
    : undefined;
}

/** Two digits of base64 are three of hex; a half byte too many at the end is the caller's to cut. */
function base64ToHex(text: string): string {
  let hex = '';
  for (let at = 0; at < text.length; at += 2) {
    const bits = (valueOf(text[at]!) << 6) | valueOf(text[at + 1] ?? 'A');
    hex += bits.toString(16).padStart(3, '0');
  }
  return hex;
}

function valueOf(digit: string): number {
  return ALPHABET.indexOf(digit === '-' ? '+' : digit === '_' ? '/' : digit);
}
