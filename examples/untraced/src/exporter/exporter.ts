import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Result } from '../messages.js';
import { settings } from '../settings.js';
import { ResultStore } from './result-store.js';

/** Keeps results: a row in SQLite and a file each. */
@Injectable()
export class Exporter {
  readonly #folder = join(settings.dataDir, 'results');

  constructor(private readonly store: ResultStore) {}

  /** Answers what is kept for the task: of two results, as after a redelivery, the first. */
  async export(result: Result): Promise<Result> {
    const saved = this.store.save(result);
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${encodeURIComponent(saved.id)}.json`);
    // Whoever reads it meanwhile sees the whole file or none.
    const temporary = `${path}.${randomUUID()}.tmp`;
    await writeFile(temporary, JSON.stringify(saved, null, 2));
    await rename(temporary, path);
    return saved;
  }
}
