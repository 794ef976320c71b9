/** From the client to an executor. */
export interface Task {
  readonly id: string;
  readonly text: string;
}

/** What is known of a text. */
export interface Summary {
  readonly words: number;
  readonly uniqueWords: number;
  readonly longestWord: string;
  readonly chunks: number;
}

/** From an executor to an exporter. */
export interface Result extends Summary {
  readonly id: string;
}

/** From an exporter to the client, or from the executor that gave a task up. */
export type Notification =
  | { readonly id: string; readonly status: 'done'; readonly result: Result }
  | { readonly id: string; readonly status: 'failed'; readonly error: string };
