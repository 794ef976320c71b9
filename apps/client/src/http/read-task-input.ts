import { TASK_KINDS, type TaskKind } from '@distrace/messaging';
import { InputError } from './input-error.js';
import { MAX_TEXT_BYTES } from './limits.js';

/** What a task consists of when it comes in. */
export interface TaskInput {
  readonly text: string;
  readonly kind: TaskKind;
}

/** A request to `POST /tasks` after its bytes were read. */
export interface RawTaskRequest {
  /** The whole Content-Type header. */
  readonly contentType: string | undefined;
  /** Bytes, except for multipart, where it holds the text fields. */
  readonly body: unknown;
  /** The uploaded file of a multipart request. */
  readonly file: { readonly buffer: Buffer } | undefined;
}

const UTF8_NAMES = new Set(['utf-8', 'utf8', 'us-ascii']);

/** @throws {InputError} when there is no usable text. */
export function readTaskInput({ contentType = '', body, file }: RawTaskRequest): TaskInput {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  switch (type) {
    case 'text/plain':
      requireUtf8(parameters);
      return { text: checkText(decode(asBytes(body))), kind: 'count-words' };
    case 'application/json':
      requireUtf8(parameters);
      return readJson(decode(asBytes(body)));
    case 'multipart/form-data':
      return readUpload(body, file);
    default:
      throw new InputError(
        'DT_ERR_UNSUPPORTED_TYPE',
        `A task comes as text/plain, application/json or multipart/form-data, instead got ${type === '' ? 'none' : `'${type}'`}. Set Content-Type.`,
      );
  }
}

function readJson(json: string): TaskInput {
  const value = parseJson(json);
  if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string') {
    throw new InputError(
      'DT_ERR_NO_TEXT',
      'The JSON body must be an object with a string "text", instead it has none. Send {"text": "…"}.',
    );
  }
  return { text: checkText(value.text), kind: readKind('kind' in value ? value.kind : undefined) };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      'DT_ERR_MALFORMED_JSON',
      `The body must be JSON, instead parsing failed: ${reason}. Check the body or send text/plain.`,
    );
  }
}

function readUpload(body: unknown, file: RawTaskRequest['file']): TaskInput {
  if (file === undefined) {
    throw new InputError(
      'DT_ERR_NO_TEXT',
      'A multipart task must have a file in the field "file", instead it has none. Name the field "file".',
    );
  }
  const kind = typeof body === 'object' && body !== null && 'kind' in body ? body.kind : undefined;
  return { text: checkText(decode(file.buffer)), kind: readKind(kind) };
}

function readKind(value: unknown): TaskKind {
  if (value === undefined) return 'count-words';
  const kind = TASK_KINDS.find((known) => known === value);
  if (kind !== undefined) return kind;
  const received = typeof value === 'string' ? `'${value.slice(0, 60)}'` : nameOfType(value);
  throw new InputError(
    'DT_ERR_UNKNOWN_KIND',
    `"kind" must be one of ${TASK_KINDS.join(', ')}, instead got ${received}. Leave it out for count-words.`,
  );
}

const nameOfType = (value: unknown) => (value === null ? 'null' : typeof value);

function requireUtf8(parameters: readonly string[]): void {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const name = charset?.slice('charset='.length).replaceAll('"', '');
  if (name !== undefined && !UTF8_NAMES.has(name)) {
    throw new InputError(
      'DT_ERR_UNSUPPORTED_TYPE',
      `The text must be UTF-8, instead got charset '${name.slice(0, 60)}'. Convert it to UTF-8.`,
    );
  }
}

function asBytes(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notUtf8(`${bytes.length} bytes that are not`);
  }
}

function checkText(text: string): string {
  // A lone surrogate, possible in JSON as "\ud800", has no UTF-8 form.
  if (/\p{Surrogate}/u.test(text)) throw notUtf8('half of a surrogate pair');
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_TEXT_BYTES) throw tooLarge(`${bytes} bytes`);
  if (text.trim() === '') {
    throw new InputError(
      'DT_ERR_EMPTY_TEXT',
      `The text must hold more than white space, instead got ${bytes} bytes of it. Send some text.`,
    );
  }
  return text;
}

function notUtf8(received: string): InputError {
  return new InputError(
    'DT_ERR_NOT_UTF8',
    `The text must be UTF-8, instead got ${received}. Save or convert it as UTF-8.`,
  );
}

/** The refusal of a text that is too long; `received` says what came. */
export function tooLarge(received: string): InputError {
  return new InputError(
    'DT_ERR_TOO_LARGE',
    `The text must have at most ${MAX_TEXT_BYTES} bytes (2 MiB) of UTF-8, instead got ${received}. Split it.`,
  );
}
