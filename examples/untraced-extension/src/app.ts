import { inClass, inPackage, method, type Matcher } from '@distrace/instrumentation';

/** Everything below is about the files of this package, wherever it is installed. */
export const inApp: Matcher = inPackage('@distrace/untraced');

/** One method of one class of the app. */
export const appMethod = (className: string, name: string): Matcher =>
  inApp.and(inClass(className)).and(method(name));

/** The parts of the app's messages that spans are made of. */
export interface TaskLike {
  readonly id: string;
}

/** What the app says of a task. */
export interface TaskStateLike extends TaskLike {
  readonly status: 'running' | 'done' | 'failed' | 'unsent';
  readonly error?: string;
}

/** Set by the client on the whole trace; the executor then says which words were the most frequent ones. */
export const TOP_WORDS_FLAG = 'top-words';
/** Carried from the client to every other service. */
export const TASK_BYTES = 'task.bytes';
