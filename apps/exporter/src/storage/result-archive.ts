import { join } from 'node:path';
import { isTaskId, type ResultMessage } from '@distrace/messaging';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { removeTemporaries } from './remove-temporaries.js';
import { ResultDatabase } from './result-database.js';
import { writeJsonFile } from './write-json-file.js';

/** Injection token of the folder that holds the results. */
export const DATA_DIR = Symbol('DATA_DIR');

/** Results on disk: a row in `results.db` and a file `results/<id>.json` per task. Saving again changes nothing. */
@Injectable()
export class ResultArchive implements OnModuleInit, OnApplicationShutdown {
  readonly #folder: string;
  readonly #database: ResultDatabase;

  constructor(@Inject(DATA_DIR) folder: string) {
    this.#folder = folder;
    this.#database = new ResultDatabase(folder);
  }

  /** Before the first message: what an earlier run that was killed left half written. */
  async onModuleInit(): Promise<void> {
    await removeTemporaries(join(this.#folder, 'results'), { before: performance.timeOrigin });
  }

  /** Saves the row; returns what is saved for the task, which may be an earlier result. */
  insert(result: ResultMessage): ResultMessage {
    return this.#database.insert(result, new Date());
  }

  /** Writes the file, also when it is there: the process may have died between row and file. */
  async writeFile(result: ResultMessage): Promise<void> {
    await writeJsonFile(this.#pathOf(result.id), result);
  }

  onApplicationShutdown(): void {
    this.#database.close();
  }

  #pathOf(id: string): string {
    // Checked at the border already; a path is the wrong place to rely on that.
    if (!isTaskId(id)) throw new Error('a result file is named by a UUID');
    return join(this.#folder, 'results', `${id}.json`);
  }
}
