/** What stands around the lists of an answer. */
export const RESERVED_BYTES = 32 * 1024;
