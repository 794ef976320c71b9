import { harmlessText } from '../text.js';
import { ZipkinError } from '../zipkin-error.js';

// A web API that browsers and Node have; this room is compiled without either's types.
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

/** The text of a body. Bytes that are no UTF-8 become U+FFFD, as Zipkin reads them; a byte order mark is dropped. */
export function textOf(body: string | Uint8Array): string {
  if (typeof body === 'string') return body.startsWith('\uFEFF') ? body.slice(1) : body;
  try {
    return new TextDecoder().decode(body);
  } catch (cause) {
    throw new ZipkinError(
      'DT_ERR_SPANS_LIMIT',
      `The body must fit into one string, got ${body.length} bytes (${String(cause)}); send it in parts`,
    );
  }
}

/** A number together with how it was written: what was meant as text must not lose a digit. */
export class NumberText {
  readonly value: number;
  readonly text: string;

  constructor(value: number, text: string) {
    this.value = value;
    this.text = text;
  }
}

/** Parses JSON; `keepNumberTexts` makes each number a {@link NumberText}, which takes several times as long. */
export function parseJson(
  text: string,
  { keepNumberTexts = false }: { readonly keepNumberTexts?: boolean } = {},
): unknown {
  try {
    return keepNumberTexts ? JSON.parse(text, keepNumberText) : JSON.parse(text);
  } catch (error) {
    throw new ZipkinError(
      'DT_ERR_SPANS_JSON',
      `The body must be JSON, got ${text.length} characters that are none: ${harmlessText((error as Error).message, '\uFFFD')}; ` +
        'send a list of spans, or an object with "resourceSpans"',
    );
  }
}

function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new NumberText(value, context?.source ?? String(value)) : value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Refuses text whose lists and objects stand deeper in each other than `maxDepth`. Looks at brackets outside of
 * strings only, so it may run before the text is known to be JSON. */
export function assertDepth(text: string, maxDepth: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++depth > maxDepth) throw tooDeep(maxDepth, at);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
    }
  }
}

/** Where the closing quote is, or the text's end. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

function tooDeep(maxDepth: number, at: number): ZipkinError {
  return new ZipkinError(
    'DT_ERR_SPANS_LIMIT',
    `Lists and objects must stand at most ${maxDepth} deep in each other, got one more at character ${at}; ` +
      'send flatter values',
  );
}
