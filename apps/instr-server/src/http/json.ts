import { JSON_TYPE, type Answer } from '@distrace/nest-server';

/** A JSON answer nobody may keep. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    type: JSON_TYPE,
    body: JSON.stringify(value),
    headers: { 'Cache-Control': 'no-store', ...headers },
  };
}
