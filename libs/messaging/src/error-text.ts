/**
 * The message of whatever was thrown; never throws itself. A null-prototype object, a `message` getter that throws
 * or a revoked proxy cannot be read, and who only wants to log it must not fail over that.
 */
export function errorText(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'an error that cannot be read';
  }
}
