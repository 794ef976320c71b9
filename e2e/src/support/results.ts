import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A result as the exporter saved it. */
export interface SavedResult {
  readonly id: string;
  readonly words: number;
  /** ISO 8601. */
  readonly savedAt: string;
}

/** The rows that the exporter has saved. */
export function readRows(folder: string): readonly SavedResult[] {
  const database = new DatabaseSync(join(folder, 'results.db'), { readOnly: true, timeout: 5000 });
  try {
    return database
      .prepare('SELECT id, saved_at, result FROM tasks ORDER BY id')
      .all()
      .map((row) => {
        const { words } = JSON.parse(String(row['result'])) as { words: number };
        return { id: String(row['id']), words, savedAt: String(row['saved_at']) };
      });
  } finally {
    database.close();
  }
}

/** The files that the exporter has written: words by task id. Half-written ones are not hidden. */
export async function readFiles(folder: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(join(folder, 'results')).catch(() => []);
  const entries = names.map(async (name) => {
    const { words } = JSON.parse(await readFile(join(folder, 'results', name), 'utf8')) as { words: number };
    return [name.replace('.json', ''), words] as const;
  });
  return new Map(await Promise.all(entries));
}
