/** Bytes of UTF-8 that one task's text may have: 2 MiB. */
export const MAX_TEXT_BYTES = 2 * 1024 * 1024;

/** Bytes of a JSON body: an escape such as `\u0061` takes six bytes for one, and the envelope needs room. */
export const MAX_JSON_BYTES = 6 * MAX_TEXT_BYTES + 64 * 1024;
